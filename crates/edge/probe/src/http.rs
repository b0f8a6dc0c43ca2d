//! HTTP/1.1 answers as bytes (RFC 9110, RFC 9112): where one ends, and what it says.
//!
//! One question per connection (`Connection: close`), no compression asked for, so the client side
//! is small: a head (read by `httparse`), then a body by length, in chunks, or to the end of the
//! connection. The bytes kept are exactly those that came. It does not know redirects or policy.

use std::ops::Range;

use crate::endpoint::Url;
use crate::error::ProbeError;

/// Longest head read, in bytes, and most header fields: no reference, common servers send 2 KiB.
const MAX_HEAD: usize = 16 << 10;
const MAX_FIELDS: usize = 64;
/// Longest line that announces a chunk, with its extensions.
const MAX_CHUNK_LINE: usize = 1 << 10;
/// Most chunks of one answer, so that bodies in crumbs stay cheap.
const MAX_CHUNKS: usize = 1 << 16;

/// Writes a GET question.
pub(crate) fn get(url: &Url, accept: &str) -> Vec<u8> {
    format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\nAccept-Encoding: identity\r\nUser-Agent: namekeep/{}\r\nConnection: close\r\n\r\n",
        url.path,
        url.authority(),
        env!("CARGO_PKG_VERSION"),
    )
    .into_bytes()
}

/// An answer taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Gives the first value of a header field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Takes a whole answer apart.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ProbeError> {
        let mut framing = Framing::default();
        if !framing.feed(bytes)? && !framing.ends_at_close() {
            return Err(ProbeError::Closed);
        }
        let mut body = Vec::new();
        match framing.body {
            Body::Unknown => return Err(ProbeError::Closed),
            Body::Length(range) => body.extend_from_slice(bytes.get(range).unwrap_or_default()),
            Body::Close(from) => body.extend_from_slice(bytes.get(from..).unwrap_or_default()),
            Body::Chunks { pieces, .. } => {
                for piece in pieces {
                    body.extend_from_slice(bytes.get(piece).unwrap_or_default());
                }
            }
        }
        Ok(Self { status: framing.status, fields: framing.fields, body })
    }
}

#[derive(Debug, Default)]
enum Body {
    #[default]
    Unknown,
    Length(Range<usize>),
    Close(usize),
    Chunks {
        next: usize,
        last: bool,
        pieces: Vec<Range<usize>>,
    },
}

/// Finds the end of an answer while it grows; each byte of a body is looked at once.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    head: usize,
    status: u16,
    fields: Vec<(String, String)>,
    body: Body,
}

impl Framing {
    /// Tells whether the end of the connection is the end of the answer.
    pub(crate) const fn ends_at_close(&self) -> bool {
        matches!(self.body, Body::Close(_))
    }

    /// Takes everything received so far; tells whether the answer is complete.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<bool, ProbeError> {
        while matches!(self.body, Body::Unknown) {
            if !self.read_head(bytes)? {
                return Ok(false);
            }
        }
        match &mut self.body {
            Body::Unknown | Body::Close(_) => Ok(false),
            Body::Length(range) => Ok(bytes.len() >= range.end),
            Body::Chunks { next, last, pieces } => read_chunks(bytes, next, last, pieces),
        }
    }

    /// Reads one head; interim answers (1xx) are skipped.
    fn read_head(&mut self, bytes: &[u8]) -> Result<bool, ProbeError> {
        let wrong = |why: &str| ProbeError::malformed("HTTP answer", why);
        let rest = bytes.get(self.head..).unwrap_or_default();
        let mut headers = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut parsed = httparse::Response::new(&mut headers);
        let length = match parsed.parse(rest) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if rest.len() > MAX_HEAD => return Err(wrong("the head never ends")),
            Ok(httparse::Status::Partial) => return Ok(false),
            Err(error) => return Err(wrong(&error.to_string())),
        };
        let start = self.head;
        self.head += length;
        // Interim answers end with a later one, but not for ever.
        if self.head > MAX_HEAD {
            return Err(wrong("the head is too long"));
        }
        self.status = parsed.code.unwrap_or_default();
        if (100..200).contains(&self.status) {
            return Ok(self.head > start);
        }
        self.fields = parsed
            .headers
            .iter()
            .map(|field| (field.name.to_owned(), String::from_utf8_lossy(field.value).trim().to_owned()))
            .collect();
        self.body = self.find_body()?;
        Ok(true)
    }

    fn find_body(&self) -> Result<Body, ProbeError> {
        let wrong = |why: &str| ProbeError::malformed("HTTP answer", why);
        let values = |name: &'static str| {
            self.fields.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v)
        };
        if matches!(self.status, 204 | 304) {
            return Ok(Body::Length(self.head..self.head));
        }
        let mut codings = values("transfer-encoding").flat_map(|value| value.split(',')).map(str::trim);
        if let Some(coding) = codings.next() {
            if !coding.eq_ignore_ascii_case("chunked") || codings.next().is_some() {
                return Err(wrong("a transfer coding that was not asked for"));
            }
            return Ok(Body::Chunks { next: self.head, last: false, pieces: Vec::new() });
        }
        let mut lengths = values("content-length");
        let Some(first) = lengths.next() else { return Ok(Body::Close(self.head)) };
        let fits =
            !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit()) && lengths.all(|other| other == first);
        let end = first.parse::<usize>().ok().and_then(|length| self.head.checked_add(length));
        match end {
            Some(end) if fits => Ok(Body::Length(self.head..end)),
            _ => Err(wrong("the content length is no number")),
        }
    }
}

/// Walks the chunks that are complete (RFC 9112 section 7.1); tells whether the last was one.
fn read_chunks(
    bytes: &[u8],
    next: &mut usize,
    last: &mut bool,
    pieces: &mut Vec<Range<usize>>,
) -> Result<bool, ProbeError> {
    let wrong = |why: &str| ProbeError::malformed("HTTP chunk", why);
    loop {
        let rest = bytes.get(*next..).unwrap_or_default();
        let window = rest.get(..MAX_CHUNK_LINE).unwrap_or(rest);
        let Some(end) = window.iter().position(|b| *b == b'\n') else {
            return if window.len() == MAX_CHUNK_LINE { Err(wrong("its first line never ends")) } else { Ok(false) };
        };
        let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
        let line = line.trim_end_matches('\r');
        if *last {
            // Trailer fields carry nothing we need; the empty line ends the answer.
            *next += end + 1;
            if line.is_empty() {
                return Ok(true);
            }
            if bytes.len().saturating_sub(pieces.last().map_or(0, |piece| piece.end)) > MAX_HEAD {
                return Err(wrong("its trailer never ends"));
            }
            continue;
        }
        let digits = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 8 && !digits.starts_with('+'));
        let size = size.ok_or_else(|| wrong("its size is no number"))?;
        let from = *next + end + 1;
        if size == 0 {
            *next = from;
            *last = true;
            continue;
        }
        let to = from + size;
        let Some(tail) = bytes.get(to..) else { return Ok(false) };
        let skip = match tail {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [] | [b'\r'] => return Ok(false),
            _ => return Err(wrong("its data is longer than its size")),
        };
        if pieces.len() >= MAX_CHUNKS {
            return Err(wrong("too many chunks"));
        }
        pieces.push(from..to);
        *next = to + skip;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds an answer one byte at a time and says after how many it was complete.
    fn complete_after(bytes: &[u8]) -> Result<Option<usize>, ProbeError> {
        let mut framing = Framing::default();
        for end in 1..=bytes.len() {
            if framing.feed(&bytes[..end])? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    #[test]
    fn the_end_is_found_where_the_framing_says() {
        for (text, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
            ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", ""),
            ("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 404 No\r\ncontent-length: 2\r\nContent-Length: 2\r\n\r\nno", "no"),
            ("HTTP/1.1 204 No\r\n\r\n", ""),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n1;x=\"y\"\r\n!\r\n0\r\n\r\n",
                "hello!",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX-A: b\r\n\r\n",
                "0123456789",
            ),
        ] {
            assert_eq!(complete_after(text.as_bytes()).unwrap(), Some(text.len()), "{text}");
            assert_eq!(Response::parse(text.as_bytes()).unwrap().body, body.as_bytes(), "{text}");
            for cut in 0..text.len() {
                assert!(Response::parse(&text.as_bytes()[..cut]).is_err(), "{text} cut at {cut}");
            }
        }
        let open = b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nto the end";
        assert_eq!(complete_after(open).unwrap(), None);
        let response = Response::parse(open).unwrap();
        assert_eq!(
            (response.status, response.field("x"), response.body.as_slice()),
            (200, Some("y"), &b"to the end"[..])
        );
    }

    #[test]
    fn what_is_not_http_is_refused() {
        let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(MAX_HEAD));
        let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
        let fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(MAX_FIELDS + 1));
        let line = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;{}", "x".repeat(MAX_CHUNK_LINE));
        for text in [
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
            &endless,
            &interim,
            &fields,
            &line,
        ] {
            let shown: String = text.chars().take(60).collect();
            assert!(matches!(Response::parse(text.as_bytes()), Err(ProbeError::Malformed { .. })), "{shown}");
        }
    }

    #[test]
    fn a_question_names_the_host_once_and_asks_for_plain_bytes() {
        let url: Url = "https://[2001:db8::1]:8443/a/b?c=d".parse().unwrap();
        let text = String::from_utf8(get(&url, "application/rdap+json")).unwrap();
        assert!(text.starts_with("GET /a/b?c=d HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n"), "{text}");
        assert!(text.contains("\r\nAccept-Encoding: identity\r\n") && text.ends_with("\r\n\r\n"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// However a body is cut into chunks, and the bytes into reads, it comes out whole.
        #[test]
        fn chunks_and_reads_do_not_change_a_body(chunks in proptest::collection::vec(proptest::collection::vec(0_u8.., 1..40), 0..8), cut in 1_usize..50) {
            let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for chunk in &chunks {
                bytes.extend(format!("{:X}\r\n", chunk.len()).into_bytes());
                bytes.extend(chunk);
                bytes.extend(b"\r\n");
            }
            bytes.extend(b"0\r\n\r\n");
            let mut framing = Framing::default();
            let mut end = 0;
            while end < bytes.len() {
                end = (end + cut).min(bytes.len());
                proptest::prop_assert_eq!(framing.feed(&bytes[..end]), Ok(end == bytes.len()));
            }
            proptest::prop_assert_eq!(Response::parse(&bytes).map(|response| response.body), Ok(chunks.concat()));
        }

        /// No bytes behind a head make the reader fail otherwise than by an error.
        #[test]
        fn no_bytes_make_the_reader_panic(head in "HTTP/1.1 [0-9]{3} [a-z]{0,3}\r\n(Content-Length: [0-9a]{1,4}\r\n|Transfer-Encoding: chunked\r\n|X: [a-z]{0,9}\r\n){0,3}", rest in "[0-9a-f\r\n;]{0,60}") {
            let _ = Response::parse(format!("{head}\r\n{rest}").as_bytes());
        }
    }
}
