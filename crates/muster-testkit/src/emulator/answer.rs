//! An answer and the way it goes over the wire, in order or broken on purpose.

use super::clock;
use serde_json::Value;
use std::{
    io::{self, Write},
    time::Duration,
};

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) delivery: Delivery,
}

/// How an answer goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Delivery {
    /// With its length.
    Whole,
    Chunked,
    /// Half of what the length says, then the end of the connection.
    Short,
    /// In chunks, without the last one.
    ChunkMissing,
    /// Half, then a reset of the connection.
    Reset,
    /// One byte a second.
    Trickle,
    /// A head that never ends.
    EndlessHead,
    /// Nothing at all, for ever.
    Silence,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delivery: Delivery::Whole,
        }
    }

    /// Text of some media type.
    pub(crate) fn text(status: u16, media: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), media.to_owned())];
        Self {
            status,
            headers,
            body: body.into(),
            delivery: Delivery::Whole,
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// With one more header; a header of that name is replaced.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Writes the answer. `pause` waits, and says false when the server ends. Gives what becomes of the connection.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        head_only: bool,
        pause: &dyn Fn(Duration) -> bool,
    ) -> io::Result<After> {
        let half = self.body.len() / 2;
        match self.delivery {
            Delivery::Silence => {
                while pause(Duration::from_secs(1)) {}
                return Ok(After::Close);
            }
            Delivery::EndlessHead => {
                out.write_all(b"HTTP/1.1 200 OK\r\n")?;
                while pause(Duration::from_millis(5)) {
                    out.write_all(b"X-More: and more and more and more and more and more\r\n")?;
                    out.flush()?;
                }
                return Ok(After::Close);
            }
            _ => out.write_all(self.head().as_bytes())?,
        }
        if head_only {
            out.flush()?;
            return Ok(After::Keep);
        }
        let after = match self.delivery {
            Delivery::Chunked | Delivery::ChunkMissing => {
                for chunk in self.body.chunks(16 * 1024) {
                    write!(out, "{:x}\r\n", chunk.len())?;
                    out.write_all(chunk)?;
                    out.write_all(b"\r\n")?;
                }
                if self.delivery == Delivery::ChunkMissing {
                    After::Close
                } else {
                    out.write_all(b"0\r\n\r\n").map(|()| After::Keep)?
                }
            }
            Delivery::Short => out.write_all(&self.body[..half]).map(|()| After::Close)?,
            Delivery::Reset => out.write_all(&self.body[..half]).map(|()| After::Reset)?,
            Delivery::Trickle => {
                for byte in self.body.chunks(1) {
                    out.write_all(byte)?;
                    out.flush()?;
                    if !pause(Duration::from_secs(1)) {
                        return Ok(After::Close);
                    }
                }
                After::Keep
            }
            _ => out.write_all(&self.body).map(|()| After::Keep)?,
        };
        out.flush()?;
        Ok(after)
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        if self.header("Date").is_none() {
            head.push_str(&format!("Date: {}\r\n", clock::http_date(clock::wall())));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match self.delivery {
            Delivery::Chunked | Delivery::ChunkMissing => {
                head.push_str("Transfer-Encoding: chunked\r\n")
            }
            _ => head.push_str(&format!("Content-Length: {}\r\n", self.body.len())),
        }
        head + "\r\n"
    }
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum After {
    /// The next request may come.
    Keep,
    Close,
    Reset,
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
