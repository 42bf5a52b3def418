//! Where goes what does not fit in memory.

use std::io::{Read, Seek, Write};

/// Gives files that nobody else sees and that are gone when they are dropped.
pub trait Spill: Sync {
    /// Opens an empty one.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    fn open(&self) -> std::io::Result<Box<dyn Spilled>>;
}

/// Such a file.
pub trait Spilled: Read + Write + Seek + Send {}

impl<F: Read + Write + Seek + Send> Spilled for F {}

/// Spills into memory, for tests and small inputs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory;

impl Spill for Memory {
    fn open(&self) -> std::io::Result<Box<dyn Spilled>> {
        Ok(Box::new(std::io::Cursor::new(Vec::new())))
    }
}
