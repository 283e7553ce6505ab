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

#[cfg(test)]
mod tests {
    use super::fetches_in_bulk;

    #[test]
    fn synchronisation_is_told_from_browsing() {
        assert!(fetches_in_bulk(b"Microsoft SkyDriveSync 21.083 ship; Windows NT 10.0"));
        assert!(fetches_in_bulk(b"Mozilla/5.0 (Windows) mirall/3.2.1 (Nextcloud)"));
        assert!(!fetches_in_bulk(b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/88.0"));
        assert!(!fetches_in_bulk(b"curl/7.68.0"));
    }
}
