//! Classes of what a request path names: static parts of pages, programs, documents that are
//! handed out, and files that should never be. By extensions, segments and whole names only, so
//! that it costs little; the status and size of the answer are for the caller to judge.

/// Classes of a path, as a small set.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Resource(u8);

impl Resource {
    /// Part of a page: style, script, image, font.
    pub const STATIC: Resource = Resource(1);
    /// Answered by a program.
    pub const DYNAMIC: Resource = Resource(1 << 1);
    /// A document that somebody takes away, or an endpoint that hands documents out.
    pub const DOCUMENT: Resource = Resource(1 << 2);
    /// Settings, keys, backups, version control, pages for the server's own people.
    pub const SENSITIVE: Resource = Resource(1 << 3);
    /// What takes a name and a password and lets somebody in.
    pub const SIGN_IN: Resource = Resource(1 << 4);
    /// A program in a folder for files.
    pub const MISPLACED: Resource = Resource(1 << 5);
    /// A page of those who run the application.
    pub const ADMIN: Resource = Resource(1 << 6);
    /// A page that sets an application up.
    pub const INSTALLER: Resource = Resource(1 << 7);

    const NAMES: [&'static str; 8] = [
        "static",
        "dynamic",
        "document",
        "sensitive",
        "sign_in",
        "misplaced",
        "admin",
        "installer",
    ];

    /// The set as bits, for storing; the bits keep their meaning.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The set of [`Resource::bits`].
    pub fn from_bits(bits: u8) -> Self {
        Resource(bits)
    }

    /// All classes of `other` are in the set.
    pub fn contains(self, other: Resource) -> bool {
        self.0 & other.0 == other.0
    }

    /// The classes of both sets.
    #[must_use]
    pub fn union(self, other: Resource) -> Resource {
        Resource(self.0 | other.0)
    }

    /// No class is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names of the classes of the set, in the order of the constants.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 >> bit & 1 == 1)
            .map(|(_, n)| *n)
    }
}

/// Longest path that is looked at; longer ones are no file's, and are read to here.
const LONGEST: usize = 1024;

/// The classes of `path`: raw bytes of the request target up to its query.
pub fn classify(path: &[u8]) -> Resource {
    let mut buffer = [0; LONGEST];
    let path = plain(path, &mut buffer);
    let found = file_classes(path);
    if found.contains(Resource::STATIC) { found } else { found.union(area(path)) }
}

/// The part of an application that a path belongs to, where it is for those who run it.
fn area(path: &[u8]) -> Resource {
    let mut found = Resource::default();
    let last = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    for segment in path.split(|&byte| byte == b'/') {
        let stem = segment.split(|&byte| byte == b'.').next().unwrap_or_default();
        found = match stem {
            // Pages of all visitors ask these for parts of themselves.
            b"admin-ajax" | b"admin-post" => return Resource::default(),
            b"admin" | b"admins" | b"administrator" | b"administration" | b"adminconsole"
            | b"admin-console" | b"admin_console" | b"adminpanel" | b"admin-panel"
            | b"siteadmin" | b"sysadmin" | b"useradmin" | b"usermanagement"
            | b"user-management" | b"user_management" | b"kanri" | b"kanrisha" => {
                found.union(Resource::ADMIN)
            }
            b"install" | b"installer" | b"installation" | b"setup" | b"setup-config"
            | b"setupwizard" | b"setup-wizard" => match segment == stem && segment == last {
                // `/about/setup` is mostly a text about it.
                true => found,
                false => found.union(Resource::INSTALLER),
            },
            _ => found,
        };
    }
    found
}

/// The classes of a path, decoded and in small letters, by what kind of file it names.
fn file_classes(path: &[u8]) -> Resource {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let name = name.split(|&byte| byte == b';').next().unwrap_or_default();
    let extension = match name.iter().rposition(|&byte| byte == b'.') {
        Some(dot) => &name[dot + 1..],
        None => &[],
    };
    let mut found = by_extension(extension);
    if is_sign_in(name, extension) && !found.contains(Resource::STATIC) {
        return found.union(Resource::SIGN_IN);
    }
    if found.contains(Resource::DYNAMIC) && is_program(extension) && among_files(path) {
        found = found.union(Resource::MISPLACED);
    }
    if is_sensitive(path, name, extension) {
        found = Resource(found.0 & !Resource::STATIC.0).union(Resource::SENSITIVE);
    }
    if found.contains(Resource::DOCUMENT) && !found.contains(Resource::SENSITIVE) {
        return found;
    }
    if hands_out(path, name, extension) {
        found = found.union(Resource::DOCUMENT);
    }
    found
}

/// `path` decoded once and in lower case, in `buffer`.
fn plain<'a>(path: &[u8], buffer: &'a mut [u8; LONGEST]) -> &'a [u8] {
    let mut length = 0;
    let mut i = 0;
    while let (Some(&byte), true) = (path.get(i), length < LONGEST) {
        let coded = (byte == b'%').then(|| pair(path.get(i + 1..i + 3)?)).flatten();
        buffer[length] = coded.unwrap_or(byte).to_ascii_lowercase();
        i += if coded.is_some() { 3 } else { 1 };
        length += 1;
    }
    &buffer[..length]
}

fn pair(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(digits[at]).to_digit(16);
    Some((digit(0)? * 16 + digit(1)?) as u8)
}

fn by_extension(extension: &[u8]) -> Resource {
    match extension {
        b"css" | b"js" | b"mjs" | b"map" | b"png" | b"jpg" | b"jpeg" | b"gif" | b"svg" | b"ico"
        | b"webp" | b"avif" | b"bmp" | b"woff" | b"woff2" | b"ttf" | b"eot" | b"otf" | b"cur"
        | b"webmanifest" | b"less" | b"scss" | b"swf" | b"wasm" | b"mp3" | b"ogg" | b"wav"
        | b"m4a" | b"weba" | b"webm" | b"m3u8" | b"ts" | b"vtt" => Resource::STATIC,
        b"php" | b"php3" | b"php4" | b"php5" | b"php7" | b"phtml" | b"phar" | b"asp" | b"aspx"
        | b"ashx" | b"asmx" | b"axd" | b"svc" | b"jsp" | b"jspx" | b"jspa" | b"jsf" | b"do"
        | b"action" | b"cgi" | b"pl" | b"py" | b"rb" | b"cfm" | b"cfc" | b"dll" | b"exe"
        | b"fcgi" | b"nsf" | b"xhtml" | b"seam" | b"wsdl" => Resource::DYNAMIC,
        b"pdf" | b"doc" | b"docx" | b"docm" | b"dot" | b"dotx" | b"xls" | b"xlsx" | b"xlsm"
        | b"xlsb" | b"xlt" | b"ppt" | b"pptx" | b"pptm" | b"pps" | b"ppsx" | b"vsd" | b"vsdx"
        | b"mpp" | b"one" | b"odt" | b"ods" | b"odp" | b"odg" | b"rtf" | b"csv" | b"tsv"
        | b"txt" | b"md" | b"log" | b"epub" | b"jtd" | b"jhd" | b"xdw" | b"xbd" | b"zip"
        | b"7z" | b"rar" | b"lzh" | b"tar" | b"gz" | b"tgz" | b"bz2" | b"xz" | b"zst" | b"iso"
        | b"cab" | b"msi" | b"dmg" | b"apk" | b"dwg" | b"dxf" | b"jww" | b"sfc" | b"p21"
        | b"stp" | b"step" | b"igs" | b"stl" | b"dgn" | b"rvt" | b"ifc" | b"eml" | b"msg"
        | b"mbox" | b"pst" | b"ost" | b"ics" | b"vcf" | b"ldif" | b"tif" | b"tiff" | b"psd"
        | b"ai" | b"eps" | b"indd" | b"mp4" | b"mov" | b"avi" | b"wmv" | b"mkv" | b"accdb"
        | b"mdb" | b"vhd" | b"vmdk" | b"ova" => Resource::DOCUMENT,
        _ => Resource(0),
    }
}

/// Segments that say that a document is handed out below them or by them.
fn hands_out(path: &[u8], name: &[u8], extension: &[u8]) -> bool {
    let stem = match extension {
        [] => name,
        _ => &name[..name.len() - extension.len() - 1],
    };
    if by_extension(extension).contains(Resource::STATIC) {
        return false;
    }
    if matches!(
        stem,
        b"download"
            | b"downloads"
            | b"downloadfile"
            | b"download_file"
            | b"filedownload"
            | b"file_download"
            | b"download-file"
            | b"getfile"
            | b"get_file"
            | b"get-file"
            | b"getattachment"
            | b"attachment"
            | b"attachments"
            | b"viewattachment"
            | b"export"
            | b"exportfile"
            | b"exportcsv"
            | b"export_csv"
            | b"exports"
            | b"downloadall"
            | b"downloadattachment"
            | b"downloaddocument"
            | b"getdocument"
            | b"dl"
            | b"$value"
            | b"downloadattachments"
            | b"zipdownload"
            | b"bulkdownload"
            | b"download_all"
    ) && (stem != b"dl" || !extension.is_empty())
    {
        return true;
    }
    let mut segments =
        path.split(|&byte| byte == b'/').filter(|segment| !segment.is_empty()).peekable();
    while let Some(segment) = segments.next() {
        let below = segments.peek().is_some();
        match segment {
            b"download" | b"attachment" | b"attachments" | b"getfile" if below => return true,
            // A file's content behind an interface: /files/17/content, /documents/17/raw.
            b"files" | b"file" | b"documents" | b"document" | b"items" if below => {
                if matches!(name, b"content" | b"raw" | b"data" | b"blob" | b"body") {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Endings of programs that a server runs where it finds them.
fn is_program(extension: &[u8]) -> bool {
    matches!(
        extension,
        b"php"
            | b"php3"
            | b"php4"
            | b"php5"
            | b"php7"
            | b"phtml"
            | b"phar"
            | b"asp"
            | b"aspx"
            | b"ashx"
            | b"asmx"
            | b"jsp"
            | b"jspx"
            | b"cgi"
            | b"pl"
            | b"py"
            | b"cfm"
    )
}

/// Whether the last folder, or the one above it, is one for files that visitors bring or look at.
fn among_files(path: &[u8]) -> bool {
    let folders = path.rsplit(|&byte| byte == b'/').skip(1).take(2);
    folders.into_iter().any(|folder| {
        matches!(
            folder,
            b"upload"
                | b"uploads"
                | b"uploaded"
                | b"userfiles"
                | b"user_files"
                | b"attachment"
                | b"attachments"
                | b"avatar"
                | b"avatars"
                | b"image"
                | b"images"
                | b"img"
                | b"imgs"
                | b"photo"
                | b"photos"
                | b"picture"
                | b"pictures"
                | b"icons"
                | b"css"
                | b"fonts"
                | b"font"
                | b"media"
                | b"tmp"
                | b"temp"
                | b"cache"
        )
    })
}

/// Names under which sites take names and passwords.
fn is_sign_in(name: &[u8], extension: &[u8]) -> bool {
    let stem = match extension {
        [] => name,
        _ => &name[..name.len() - extension.len() - 1],
    };
    matches!(
        stem,
        b"login"
            | b"log-in"
            | b"log_in"
            | b"logon"
            | b"signin"
            | b"sign-in"
            | b"sign_in"
            | b"dologin"
            | b"do_login"
            | b"userlogin"
            | b"user_login"
            | b"loginprocess"
            | b"login_check"
            | b"wp-login"
            | b"authenticate"
            | b"j_security_check"
            | b"j_spring_security_check"
    )
}

/// What should not be handed out, by the file's name, by the folder, or by a copy's ending.
fn is_sensitive(path: &[u8], name: &[u8], extension: &[u8]) -> bool {
    is_private_name(name)
        || is_copy(name, extension)
        || is_dump(path, name, extension)
        || in_private_folder(path)
}

/// Names of settings, keys and the server's own pages, sorted.
const PRIVATE_NAMES: &[&[u8]] = &[
    b".bash_history",
    b".bashrc",
    b".dockercfg",
    b".ds_store",
    b".ftpconfig",
    b".git-credentials",
    b".gitconfig",
    b".htaccess",
    b".htpasswd",
    b".htpasswds",
    b".kube-config",
    b".my.cnf",
    b".mysql_history",
    b".netrc",
    b".npmrc",
    b".pgpass",
    b".pypirc",
    b".remote-sync.json",
    b".zsh_history",
    b"adminer.php",
    b"application.properties",
    b"application.yml",
    b"appsettings.development.json",
    b"appsettings.json",
    b"appsettings.production.json",
    b"authorized_keys",
    b"config.inc.php.bak",
    b"connectionstrings.config",
    b"credentials.json",
    b"crossdomain.xml.bak",
    b"database.yml",
    b"debug.log",
    b"docker-compose.yaml",
    b"docker-compose.yml",
    b"dockerfile",
    b"elmah.axd",
    b"error_log",
    b"filezilla.xml",
    b"getphpinfo.php",
    b"heapdump",
    b"id_dsa",
    b"id_ecdsa",
    b"id_ed25519",
    b"id_rsa",
    b"info.php",
    b"keystore.jks",
    b"kubeconfig",
    b"laravel.log",
    b"local.settings.json",
    b"localsettings.php~",
    b"machinekey.config",
    b"parameters.yml",
    b"php_info.php",
    b"phpinfo.php",
    b"phpunit.xml.bak",
    b"phpversion.php",
    b"pinfo.php",
    b"recentservers.xml",
    b"secrets.json",
    b"secrets.yml",
    b"server-info",
    b"server-status",
    b"service-account.json",
    b"serviceaccountkey.json",
    b"settings.local.php",
    b"sftp-config.json",
    b"sftp.json",
    b"terraform.tfstate",
    b"trace.axd",
    b"unattend.xml",
    b"web.config",
    b"winscp.ini",
    b"ws_ftp.ini",
];

fn is_private_name(name: &[u8]) -> bool {
    // .env, .env.local, .env.bak; not .environment
    if name
        .strip_prefix(b".env")
        .is_some_and(|rest| matches!(rest.first(), None | Some(b'.' | b'_' | b'-' | b'~')))
    {
        return true;
    }
    if let Some(rest) = name.strip_prefix(b"wp-config") {
        return rest != b".php" && rest != b"-sample.php" && !rest.is_empty();
    }
    PRIVATE_NAMES.binary_search(&name).is_ok()
}

/// A copy that an editor or an administrator left behind: index.php.bak, config.old, a.php~.
fn is_copy(name: &[u8], extension: &[u8]) -> bool {
    if name.len() < 3 {
        return false;
    }
    if name.ends_with(b"~") && name[..name.len() - 1].contains(&b'.') {
        return true;
    }
    match extension {
        b"bak" | b"bkp" | b"bck" | b"orig" | b"save" | b"swp" | b"swo" | b"kdbx" | b"pfx"
        | b"p12" | b"jks" | b"ppk" | b"ovpn" | b"tfstate" | b"pem" | b"dump" | b"sql"
        | b"sqlite" | b"sqlite3" | b"sqlitedb" => true,
        // Ordinary words, unless they end the name of a program or of settings.
        b"old" | b"backup" | b"copy" | b"tmp" | b"1" | b"dist" | b"inc" | b"txt" => {
            let stem = &name[..name.len() - extension.len() - 1];
            match stem.iter().rposition(|&byte| byte == b'.') {
                Some(dot) => is_source(&stem[dot + 1..]),
                None => matches!(extension, b"old" | b"backup"),
            }
        }
        _ => false,
    }
}

fn is_source(extension: &[u8]) -> bool {
    by_extension(extension).contains(Resource::DYNAMIC)
        || matches!(
            extension,
            b"inc"
                | b"conf"
                | b"config"
                | b"ini"
                | b"yml"
                | b"yaml"
                | b"properties"
                | b"env"
                | b"json"
                | b"xml"
                | b"cnf"
                | b"sql"
                | b"htaccess"
                | b"htpasswd"
                | b"key"
        )
}

/// Database dumps, and archives whose name says that they hold the site or a backup. Archives in
/// folders that publish files are documents, whatever their name but for dumps.
fn is_dump(path: &[u8], name: &[u8], extension: &[u8]) -> bool {
    let archive = matches!(
        extension,
        b"zip" | b"gz" | b"tgz" | b"tar" | b"rar" | b"7z" | b"bz2" | b"xz" | b"zst" | b"lzh"
    );
    if !archive {
        return false;
    }
    let stem = name.split(|&byte| byte == b'.').next().unwrap_or_default();
    let middle = &name[stem.len()..name.len() - extension.len()];
    if matches!(middle, b".sql." | b".dump." | b".sqlite." | b".bak.") {
        return true;
    }
    if publishes(path) {
        return false;
    }
    let word = stem.split(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    matches!(
        word,
        b"backup"
            | b"backups"
            | b"bak"
            | b"dump"
            | b"dumps"
            | b"database"
            | b"db"
            | b"sql"
            | b"mysql"
            | b"mysqldump"
            | b"wwwroot"
            | b"www"
            | b"htdocs"
            | b"webroot"
            | b"website"
            | b"site"
            | b"siteback"
            | b"sitebackup"
            | b"sitebak"
            | b"webback"
            | b"webbackup"
            | b"fullbackup"
            | b"dbbackup"
            | b"dbdump"
            | b"backupdb"
            | b"public"
            | b"htmlbak"
    ) || word == b"public_html"
        || stem == b"public_html"
        || [&b"-backup"[..], b"_backup", b"-dump", b"_dump", b"_db", b"-db", b"_bak", b"-bak"]
            .iter()
            .any(|ending| stem.ends_with(ending))
}

fn publishes(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').any(|segment| {
        matches!(
            segment,
            b"download"
                | b"downloads"
                | b"dl"
                | b"files"
                | b"file"
                | b"release"
                | b"releases"
                | b"attachment"
                | b"attachments"
                | b"documents"
                | b"document"
                | b"docs"
                | b"dist"
                | b"uploads"
                | b"media"
                | b"assets"
                | b"pub"
                | b"mirror"
                | b"archive"
                | b"archives"
                | b"software"
                | b"packages"
        )
    })
}

/// Folders of version control, keys and servers, anywhere in the path.
fn in_private_folder(path: &[u8]) -> bool {
    let mut before: &[u8] = b"";
    for segment in path.split(|&byte| byte == b'/').filter(|segment| !segment.is_empty()) {
        let private = match segment {
            b".git" | b".svn" | b".hg" | b".bzr" | b"cvs" | b".aws" | b".ssh" | b".kube"
            | b".idea" | b".vscode" | b".docker" | b".gnupg" | b".azure" | b".circleci"
            | b".terraform" => segment != b"cvs",
            b"root" | b"entries" | b"repository" => before == b"cvs",
            b"web-inf" | b"meta-inf" => true,
            b"env" | b"heapdump" | b"dump" | b"threaddump" | b"configprops" | b"mappings"
            | b"trace" | b"httptrace" | b"logfile" | b"beans" | b"jolokia" | b"gateway" => {
                before == b"actuator" || before == b"manage"
            }
            _ => false,
        };
        if private {
            return true;
        }
        before = segment;
    }
    false
}

/// Whether `query` names a file to hand out: `download=a.zip`, `file=report.pdf`, `docid=7`.
/// For paths of class [`Resource::DYNAMIC`] or without an extension.
pub fn download_query(query: &[u8]) -> bool {
    query.split(|&byte| byte == b'&').any(|part| {
        let equals = part.iter().position(|&byte| byte == b'=').unwrap_or(part.len());
        let (name, value) = (&part[..equals], part.get(equals + 1..).unwrap_or_default());
        if name.len() > 32 {
            return false;
        }
        let mut buffer = [0; LONGEST];
        let name = plain(name, &mut buffer);
        match name {
            b"download" | b"dl" | b"attachment" | b"attachmentid" | b"attachment_id"
            | b"attachid" | b"fileid" | b"file_id" | b"docid" | b"doc_id" | b"documentid"
            | b"document_id" | b"aid" | b"export" | b"downloadid" => is_on(value),
            b"file" | b"filename" | b"file_name" | b"fn" | b"f" | b"path" | b"filepath"
            | b"sourceurl" | b"doc" | b"document" | b"name" => names_document(value),
            b"action" | b"act" | b"do" | b"task" | b"cmd" | b"mode" | b"op" | b"m" | b"method" => {
                is_download_word(value)
            }
            _ => false,
        }
    })
}

fn is_on(value: &[u8]) -> bool {
    !value.is_empty() && !matches!(value, b"0" | b"false" | b"no" | b"off")
}

fn names_document(value: &[u8]) -> bool {
    let mut buffer = [0; LONGEST];
    let value = plain(value, &mut buffer);
    let dot = value.iter().rposition(|&byte| byte == b'.');
    dot.is_some_and(|dot| by_extension(&value[dot + 1..]).contains(Resource::DOCUMENT))
}

fn is_download_word(value: &[u8]) -> bool {
    let mut buffer = [0; LONGEST];
    let value = plain(value, &mut buffer);
    matches!(
        value,
        b"download"
            | b"downloadfile"
            | b"download_file"
            | b"getfile"
            | b"get_file"
            | b"export"
            | b"getattachment"
            | b"attachment"
            | b"downloadall"
            | b"dl"
            | b"exportcsv"
            | b"export_csv"
            | b"downloadattachment"
            | b"zip"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, names: &str) {
        let found: Vec<_> = classify(path.as_bytes()).names().collect();
        assert_eq!(found.join(" "), names, "{path}");
    }

    #[test]
    fn parts_of_pages_and_programs() {
        for path in ["/a.css", "/img/logo.PNG", "/f/x.woff2", "/attachments/a.js", "/favicon.ico"] {
            check(path, "static");
        }
        for path in ["/index.php", "/a/b.aspx", "/list.do", "/x.jsp;jsessionid=1", "/cgi-bin/a.cgi"]
        {
            check(path, "dynamic");
        }
        check("/login.do", "dynamic sign_in");
        for path in
            ["/", "/about", "/users/5", "/environment", "/git/", "/backup", "/a.html", "/files/"]
        {
            check(path, "");
        }
    }

    #[test]
    fn documents_and_endpoints_that_hand_them_out() {
        for path in [
            "/doc/Report%202024.PDF",
            "/%E8%A6%8B%E7%A9%8D.xlsx",
            "/downloads/manual.zip",
            "/files/report-2021.zip",
            "/plan.dwg",
            "/mail.eml",
            "/download/17",
            "/attachments/17/x",
            "/api/files/17/content",
            "/getfile",
            "/users/export",
            "/downloads/database-tools.zip",
            "/robots.txt",
            "/files/backup-guide.zip",
            "/releases/site-1.2.tar.gz",
        ] {
            check(path, "document");
        }
        check("/download.php", "dynamic document");
        check("/viewattachment.aspx", "dynamic document");
    }

    #[test]
    fn what_should_not_be_handed_out() {
        for path in [
            "/.env",
            "/app/.env.production",
            "/.git/HEAD",
            "/a/.git/objects/ab/cd",
            "/.svn/entries",
            "/.DS_Store",
            "/.hg/store",
            "/web.config",
            "/.htpasswd",
            "/WEB-INF/web.xml",
            "/id_rsa",
            "/.aws/credentials",
            "/.ssh/config",
            "/docker-compose.yml",
            "/.npmrc",
            "/actuator/env",
            "/actuator/heapdump",
            "/server-status",
            "/db.sql",
            "/index.php~",
            "/.index.php.swp",
            "/config.php.bak",
            "/index.php.old",
            "/settings.ini.save",
            "/%2eenv",
            "/a.php.orig",
            "/appsettings.json",
            "/backup.dump",
            "/CVS/Root",
            "/wp-config.php.1",
            "/wp-config.bak",
        ] {
            assert!(classify(path.as_bytes()).contains(Resource::SENSITIVE), "{path}");
        }
        for path in [
            "/phpinfo.php",
            "/info.php",
            "/elmah.axd",
            "/trace.axd",
            "/backup.zip",
            "/www.tar.gz",
            "/backup-2024.zip",
            "/site.zip",
            "/db.zip",
            "/dump.tgz",
            "/db.sql.gz",
            "/shop_backup.zip",
            "/vendor/tests/GetPhpInfo.php",
            "/downloads/db.sql.gz",
            "/public_html.tar.gz",
        ] {
            assert!(classify(path.as_bytes()).contains(Resource::SENSITIVE), "{path}");
        }
    }

    #[test]
    fn what_only_looks_private() {
        for path in [
            "/environment",
            "/.well-known/security.txt",
            "/git/tutorial",
            "/wp-config.php",
            "/backup/",
            "/files/backup.zip",
            "/downloads/www.zip",
            "/docs/env",
            "/actuator/health",
            "/a.old/b",
            "/~user/",
            "/sql/",
            "/learn/sql",
            "/infophp",
            "/server-status-page",
            "/web-information/",
            "/site-map.zip.html",
            "/dbase.zip",
            "/websites.zip",
            "/old",
            "/.environment",
            "/sam",
        ] {
            assert!(!classify(path.as_bytes()).contains(Resource::SENSITIVE), "{path}");
        }
    }

    #[test]
    fn tables_are_sorted() {
        assert!(PRIVATE_NAMES.is_sorted());
    }

    #[test]
    fn queries_that_name_a_document() {
        for query in [
            "file=report.pdf",
            "a=1&download=1",
            "docid=77",
            "attachment_id=5",
            "action=download",
            "task=Export",
            "path=%2Fa%2Fb.docx",
            "f=list.csv&x=1",
            "fileId=abc",
        ] {
            assert!(download_query(query.as_bytes()), "{query}");
        }
        for query in [
            "file=index",
            "download=0",
            "docid=",
            "action=view",
            "q=report.pdf",
            "",
            "a=&b",
            "path=/home",
        ] {
            assert!(!download_query(query.as_bytes()), "{query}");
        }
    }

    #[test]
    fn pages_that_take_passwords_and_programs_among_files_are_told() {
        let is = |path: &str, class| classify(path.as_bytes()).contains(class);
        for path in [
            "/login",
            "/account/Login.aspx",
            "/users/sign_in",
            "/wp-login.php",
            "/j_security_check",
        ] {
            assert!(is(path, Resource::SIGN_IN), "{path}");
        }
        for path in ["/login.css", "/login/help", "/blog/how-to-login-today", "/logins"] {
            assert!(!is(path, Resource::SIGN_IN), "{path}");
        }
        for path in ["/avatars/a.php", "/wp-content/uploads/2021/x.phtml", "/img/t.jsp"] {
            assert!(is(path, Resource::MISPLACED), "{path}");
        }
        for path in ["/index.php", "/avatars/a.png", "/p/12/view.php", "/image/list.do"] {
            assert!(!is(path, Resource::MISPLACED), "{path}");
        }
    }

    #[test]
    fn long_and_broken_paths_are_no_trouble() {
        let long = [b'a'; 5000];
        assert!(classify(&long).is_empty());
        for path in ["%", "%2", "/%zz", "/.", "/..", "//", "/a.", ".php", "/~", "/%00", "/\u{0}"] {
            let found = classify(path.as_bytes());
            assert_eq!(Resource::from_bits(found.bits()), found, "{path:?}");
        }
    }
}
