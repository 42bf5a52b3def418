//! What customers were given before, which limits over a rolling period ask.

use std::io;

use crate::units::Span;

/// What customers were given by other runs.
///
/// It may be larger than the memory, so it is told once, piece by piece, in any order.
pub trait Earlier {
    /// Tells what customers were given within the period before now, in minor units; what one
    /// customer got may come in several pieces, of which those that were taken back are negative.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or the listener's.
    fn tell(&self, period: Span, to: &mut dyn FnMut(&str, i64) -> io::Result<()>)
    -> io::Result<()>;
}

/// Nobody was given anything, as far as is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEarlier;

impl Earlier for NoEarlier {
    fn tell(
        &self,
        _period: Span,
        _to: &mut dyn FnMut(&str, i64) -> io::Result<()>,
    ) -> io::Result<()> {
        Ok(())
    }
}
