//! Serves dist/site on 127.0.0.1, with the headers that its `_headers` gives.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::repo::{Repo, read, read_bytes};

pub struct Site {
    server: Server,
    folder: PathBuf,
}

impl Site {
    /// Takes the port; 0 takes any that is free.
    pub fn open(repo: &Repo, port: u16) -> Result<Site> {
        let server = Server::http(("127.0.0.1", port))
            .map_err(|error| anyhow!("cannot serve on port {port}: {error}; try --port"))?;
        Ok(Site { server, folder: repo.dist().join("site") })
    }

    pub fn address(&self) -> String {
        format!("http://{}/", self.server.server_addr())
    }

    /// Answers until the process ends.
    pub fn serve(&self) -> Result<()> {
        let headers = headers(&read(&self.folder.join("_headers"))?)?;
        for request in self.server.incoming_requests() {
            let page = read_bytes(&self.folder.join("index.html"))?;
            // A browser that went away is no fault of the site.
            let _ = answer(request, page, &headers);
        }
        Ok(())
    }
}

/// The site is one page: every other path is not found.
fn answer(request: Request, page: Vec<u8>, headers: &[Header]) -> std::io::Result<()> {
    let path = request.url().split('?').next().unwrap_or_default();
    let known = matches!(path, "/" | "/index.html");
    let reading = matches!(request.method(), Method::Get | Method::Head);
    if !known || !reading {
        return request.respond(Response::empty(404));
    }
    let mut response = Response::from_data(page);
    for header in headers {
        response.add_header(header.clone());
    }
    request.respond(response)
}

fn headers(text: &str) -> Result<Vec<Header>> {
    let lines = text.lines().filter(|line| line.starts_with(' ')).map(str::trim);
    let given = lines.chain(["Content-Type: text/html; charset=utf-8", "Cache-Control: no-cache"]);
    given
        .map(|line| line.parse().map_err(|()| anyhow!("{line}")))
        .collect::<Result<_>>()
        .context("a line of _headers is wrong")
}

#[cfg(test)]
mod tests {
    use super::headers;
    use crate::pack;

    #[test]
    fn the_packed_headers_can_be_sent() {
        let parsed = headers(&pack::headers("default-src 'none'")).unwrap();
        assert!(parsed.iter().any(|header| header.field.equiv("Connection-Allowlist")));
        assert!(!parsed.iter().any(|header| header.value.as_str().is_empty()));
    }
}
