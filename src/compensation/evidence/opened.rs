//! The bytes of a file of evidence: hashed as they lie there, unpacked where they are packed.

use std::io::{self, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::units::hex;

/// What a packed file begins with.
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The largest window of a zstd frame, as a power of two: 16 MB. Larger ones break the bound on
/// memory; `zstd` makes them with `--ultra` and `--long` alone.
const ZSTD_WINDOW: u32 = 24;

/// Bytes read at once from a packed file.
const PACKED: usize = 64 * 1024;

/// Size and hash of the bytes that were read, as they lie in the file.
#[derive(Debug, Clone, Default)]
pub struct Digested(Arc<Mutex<(Sha256, u64)>>);

impl Digested {
    fn add(&self, bytes: &[u8]) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.0.update(bytes);
        tally.1 += bytes.len() as u64;
    }

    /// The size in bytes and the SHA-256, once everything was read.
    pub fn sum(&self) -> (u64, String) {
        let tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (tally.1, hex(&tally.0.clone().finalize()))
    }
}

struct Tapped<R> {
    source: R,
    digested: Digested,
}

impl<R: Read> Read for Tapped<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(to)?;
        self.digested.add(to.get(..n).unwrap_or_default());
        Ok(n)
    }
}

/// Opens evidence: plain, gzip or zstd by its first bytes, whatever its name says.
///
/// # Errors
///
/// When the source cannot be read.
pub fn unpacked<'r>(
    source: impl Read + Send + 'r,
) -> io::Result<(Box<dyn Read + Send + 'r>, Digested)> {
    let digested = Digested::default();
    let mut source = Tapped { source, digested: digested.clone() };
    let mut first = [0; 4];
    let mut have = 0;
    while have < first.len() {
        match source.read(first.get_mut(have..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    let begin = first.get(..have).unwrap_or_default().to_vec();
    let (gzip, zstd) = (begin.starts_with(GZIP), begin.starts_with(ZSTD));
    let source = io::Cursor::new(begin).chain(source);
    let opened: Box<dyn Read + Send + 'r> = if gzip {
        let packed = BufReader::with_capacity(PACKED, source);
        Box::new(Told { source: flate2::bufread::MultiGzDecoder::new(packed), what: "gzip" })
    } else if zstd {
        let mut unpacking =
            zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(PACKED, source))?;
        unpacking.window_log_max(ZSTD_WINDOW)?;
        Box::new(Told { source: unpacking, what: "zstd" })
    } else {
        Box::new(source)
    };
    Ok((opened, digested))
}

/// Says of an error of unpacking that it is one.
struct Told<R> {
    source: R,
    what: &'static str,
}

impl<R: Read> Read for Told<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.source.read(to).map_err(|e| match e.kind() {
            io::ErrorKind::Interrupted => e,
            io::ErrorKind::UnexpectedEof => {
                let why = format!("the {} data ends early: the file is cut short", self.what);
                io::Error::new(io::ErrorKind::UnexpectedEof, why)
            }
            _ => io::Error::new(io::ErrorKind::InvalidData, format!("{}: {e}", self.what)),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const TEXT: &[u8] = b"customer_id,failed_amount\nC1,10.00\n";

    fn gz(text: &[u8]) -> Vec<u8> {
        let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packing.write_all(text).unwrap();
        packing.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<(Vec<u8>, (u64, String))> {
        let (mut opened, digested) = unpacked(bytes)?;
        let mut text = Vec::new();
        opened.read_to_end(&mut text)?;
        Ok((text, digested.sum()))
    }

    #[test]
    fn the_hash_is_that_of_the_file_as_it_lies_there() {
        let sum = |bytes: &[u8]| (bytes.len() as u64, hex(&Sha256::digest(bytes)));
        assert_eq!(read(TEXT).unwrap(), (TEXT.to_vec(), sum(TEXT)));
        assert_eq!(read(b"").unwrap(), (vec![], sum(b"")));
        let packed = gz(TEXT);
        assert_eq!(read(&packed).unwrap(), (TEXT.to_vec(), sum(&packed)));
        let both = [gz(TEXT), gz(b"C2,1.00\n")].concat();
        assert_eq!(read(&both).unwrap().0, [TEXT, b"C2,1.00\n"].concat());
        let packed = zstd::encode_all(TEXT, 3).unwrap();
        assert_eq!(read(&packed).unwrap(), (TEXT.to_vec(), sum(&packed)));
    }

    #[test]
    fn a_packed_file_that_is_cut_short_is_an_error() {
        let packed = gz(&TEXT.repeat(1_000));
        for cut in [packed.len() - 1, packed.len() / 2, 11] {
            let e = read(&packed[..cut]).unwrap_err();
            assert_eq!(e.to_string(), "the gzip data ends early: the file is cut short", "{cut}");
        }
        let packed = zstd::encode_all(TEXT, 3).unwrap();
        let e = read(&packed[..packed.len() - 3]).unwrap_err();
        assert_eq!(e.to_string(), "the zstd data ends early: the file is cut short");
        let mut torn = gz(&TEXT.repeat(1_000));
        let last = torn.len() - 5;
        torn[last] ^= 1;
        assert!(read(&torn).unwrap_err().to_string().starts_with("gzip: "));
    }
}
