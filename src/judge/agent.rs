//! What kind of program a user agent says that it is.

/// Programs that fetch many documents in a row for their owner: file synchronisation, office
/// programs, mail clients. Their bursts are no one's browsing.
const BULK: &[&[u8]] = &[
    b"onedrive",
    b"skydrivesync",
    b"dropbox",
    b"box sync",
    b"boxdrive",
    b"nextcloud",
    b"mirall",
    b"owncloud",
    b"google drive",
    b"googledrivesync",
    b"microsoft office",
    b"ms-office",
    b"microsoft-webdav-miniredir",
    b"microsoft data access internet publishing provider",
    b"davfs2",
    b"webdavfs",
    b"davclnt",
    b"syncthing",
];

/// Whether the program is one that fetches documents in bulk for its owner.
pub fn fetches_in_bulk(user_agent: &[u8]) -> bool {
    let lower = user_agent.to_ascii_lowercase();
    BULK.iter().any(|name| memchr::memmem::find(&lower, name).is_some())
}

/// A browser and the system it runs on, by their places in the lists below. Versions do not
/// count: programs are updated within a session.
pub type Browser = (u8, u8);

/// Browsers, those that name others in front of these.
const BROWSERS: &[&[u8]] =
    &[b"edg", b"opr/", b"vivaldi", b"firefox/", b"chrome/", b"crios/", b"safari/", b"trident/"];
/// Systems, those that name others in front of these.
const SYSTEMS: &[&[u8]] =
    &[b"android", b"iphone", b"ipad", b"windows", b"mac os x", b"cros", b"linux"];

/// The browser that a user agent says that it is; none where it is another program.
pub fn browser(user_agent: &[u8]) -> Option<Browser> {
    let lower = user_agent.to_ascii_lowercase();
    let place = |names: &[&[u8]]| {
        let at = names.iter().position(|name| memchr::memmem::find(&lower, name).is_some())?;
        u8::try_from(at).ok()
    };
    Some((place(BROWSERS)?, place(SYSTEMS)?))
}

/// Whether it runs on a telephone or a tablet, which changes its network as its owner walks.
pub fn is_mobile((_, system): Browser) -> bool {
    SYSTEMS
        .get(usize::from(system))
        .is_some_and(|name| [&b"android"[..], b"iphone", b"ipad"].contains(name))
}

/// Tools that fetch by themselves, as their user agents name them, with the names that are shown.
const TOOLS: [(&[u8], &str); 16] = [
    (b"curl/", "curl"),
    (b"wget/", "wget"),
    (b"python-requests", "python-requests"),
    (b"python-urllib", "python-urllib"),
    (b"python-httpx", "httpx"),
    (b"aiohttp", "aiohttp"),
    (b"scrapy", "scrapy"),
    (b"go-http-client", "Go"),
    (b"rclone", "rclone"),
    (b"powershell", "PowerShell"),
    (b"libwww-perl", "libwww-perl"),
    (b"httpie", "HTTPie"),
    (b"aria2", "aria2"),
    (b"axios/", "axios"),
    (b"node-fetch", "node-fetch"),
    (b"httrack", "HTTrack"),
];

/// What kind of program somebody uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A browser: somebody looks.
    Browser,
    /// A tool that fetches by itself, by its place in the list.
    Tool(u8),
}

/// The kind of program that a user agent says that it is; none where it is neither. PowerShell
/// names a browser as well.
pub fn program(user_agent: &[u8]) -> Option<Program> {
    let lower = user_agent.to_ascii_lowercase();
    let has = |name: &[u8]| memchr::memmem::find(&lower, name).is_some();
    match TOOLS.iter().position(|(name, _)| has(name)) {
        Some(place) => u8::try_from(place).ok().map(Program::Tool),
        None => BROWSERS.iter().any(|name| has(name)).then_some(Program::Browser),
    }
}

/// A tool's name.
pub fn tool_name(tool: u8) -> &'static str {
    TOOLS.get(usize::from(tool)).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{Program, browser, fetches_in_bulk, program, tool_name};

    #[test]
    fn a_browser_is_the_same_in_any_version() {
        let windows = |version: &str| {
            browser(format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{version}) Gecko/20100101 Firefox/{version}").as_bytes())
        };
        assert!(windows("88.0").is_some());
        assert_eq!(windows("88.0"), windows("89.0"));
        let mac = browser(
            b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:88.0) Gecko/20100101 Firefox/88.0",
        );
        assert_ne!(windows("88.0"), mac);
        assert_eq!(browser(b"python-requests/2.25.1"), None);
    }

    #[test]
    fn tools_are_told_from_browsers() {
        let firefox =
            b"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:88.0) Gecko/20100101 Firefox/88.0";
        assert_eq!(program(firefox), Some(Program::Browser));
        let shell = b"Mozilla/5.0 (Windows NT; Windows NT 10.0) WindowsPowerShell/5.1.19041.1";
        assert!(
            matches!(program(shell), Some(Program::Tool(tool)) if tool_name(tool) == "PowerShell")
        );
        assert!(matches!(program(b"python-requests/2.25.1"), Some(Program::Tool(_))));
        assert_eq!(program(b"Microsoft Office/16.0"), None);
    }

    #[test]
    fn synchronisation_is_told_from_browsing() {
        assert!(fetches_in_bulk(b"Microsoft SkyDriveSync 21.083 ship; Windows NT 10.0"));
        assert!(fetches_in_bulk(b"Mozilla/5.0 (Windows) mirall/3.2.1 (Nextcloud)"));
        assert!(!fetches_in_bulk(b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/88.0"));
        assert!(!fetches_in_bulk(b"curl/7.68.0"));
    }
}
