//! Where answers and talk go: stdout carries the answer, stderr the talk.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On terminals, unless NO_COLOR says no.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The two streams.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    colour: Colour,
}

/// Nobody reads any more; the program ends quietly.
#[derive(Debug)]
pub(crate) struct ClosedPipe;

impl Out {
    /// Opens the streams.
    pub(crate) fn new(colour: Colour) -> Self {
        Out { colour }
    }

    fn choice(self, auto: anstream::ColorChoice) -> anstream::ColorChoice {
        match self.colour {
            Colour::Auto => auto,
            Colour::Always => anstream::ColorChoice::Always,
            Colour::Never => anstream::ColorChoice::Never,
        }
    }

    /// Writes the answer, as it is, to stdout.
    ///
    /// # Errors
    ///
    /// [`ClosedPipe`] when the reader went away.
    pub(crate) fn answer(self, text: &str) -> Result<(), ClosedPipe> {
        self.answer_in_parts(|stream| stream.write_all(text.as_bytes()))
    }

    /// Writes the answer as it is made: a long one need not be held whole.
    ///
    /// # Errors
    ///
    /// [`ClosedPipe`] when the reader went away.
    pub(crate) fn answer_in_parts(
        self,
        make: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ClosedPipe> {
        #[cfg(test)]
        if heard::listens() {
            let mut text = Vec::new();
            make(&mut text).map_err(|_| ClosedPipe)?;
            heard::hears(&String::from_utf8_lossy(&text));
            return Ok(());
        }
        let choice = self.choice(AutoStream::choice(&io::stdout()));
        let stream = Some(Stream::Plain(io::stdout().lock()));
        let mut parts = BufWriter::with_capacity(PART, Parts { choice, stream });
        make(&mut parts).and_then(|()| parts.flush()).map_err(|_| ClosedPipe)
    }

    /// Writes talk to stderr; a closed stderr is nobody's loss.
    pub(crate) fn talk(self, text: &str) {
        #[cfg(test)]
        if heard::hears(&format!("{text}\n")) {
            return;
        }
        let stderr = std::io::stderr();
        let choice = self.choice(AutoStream::choice(&stderr));
        let mut stream = AutoStream::new(stderr.lock(), choice);
        let _ = writeln!(stream, "{text}");
    }

    /// Whether a person reads stdout on a terminal.
    pub(crate) fn is_terminal(self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// The room for a table, and whether it is coloured.
    pub(crate) fn surface(self) -> crate::render::Surface {
        let colour = match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        };
        let width = self.width().and_then(|w| u16::try_from(w).ok());
        crate::render::Surface { width, colour }
    }

    /// Lines that a person sees at once; none where nobody sits there.
    pub(crate) fn height(self) -> Option<usize> {
        let (_, height) = terminal_size::terminal_size().filter(|_| self.is_terminal())?;
        Some(usize::from(height.0))
    }

    /// Columns to fill: the terminal's, else what a pipe can take.
    pub(crate) fn width(self) -> Option<usize> {
        self.is_terminal().then(|| terminal_width().unwrap_or(100))
    }
}

/// How much of a long answer is held, in bytes.
const PART: usize = 64 * 1024;

/// Stdout, looked at letter by letter from the first part on that has anything to take out.
struct Parts {
    choice: anstream::ColorChoice,
    stream: Option<Stream>,
}

enum Stream {
    Plain(StdoutLock<'static>),
    Looked(AutoStream<StdoutLock<'static>>),
}

impl Write for Parts {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.stream = match self.stream.take() {
            Some(Stream::Plain(plain)) if !has_no_escapes(part) => {
                Some(Stream::Looked(AutoStream::new(plain, self.choice)))
            }
            stream => stream,
        };
        match &mut self.stream {
            Some(Stream::Plain(plain)) => plain.write(part),
            Some(Stream::Looked(looked)) => looked.write(part),
            None => Ok(0),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Some(Stream::Plain(plain)) => plain.flush(),
            Some(Stream::Looked(looked)) => looked.flush(),
            None => Ok(()),
        }
    }
}

/// Whether a text is nothing but words and line ends: then nothing is to be taken out of it.
fn has_no_escapes(text: &[u8]) -> bool {
    let control = |byte: u8| (byte < b' ' && !matches!(byte, b'\n' | b'\t')) || byte == 0x7F;
    // The control characters beyond ASCII begin with this byte, as do some letters.
    !text.iter().any(|byte| control(*byte) || *byte == 0xC2)
}

/// What COLUMNS says, else what the terminal says.
fn terminal_width() -> Option<usize> {
    let said = super::environment("COLUMNS").and_then(|columns| columns.parse().ok());
    said.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}

const fn fg(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(colour)))
}

/// Errors and SEV1.
pub(crate) const RED: Style = fg(AnsiColor::Red).bold();
/// Warnings and SEV2.
pub(crate) const YELLOW: Style = fg(AnsiColor::Yellow).bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();

/// Wraps text in a style; the stream removes it where colour is not wanted.
pub(crate) fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// What commands say on this thread, for tests that run them in their own process.
#[cfg(test)]
pub(crate) mod heard {
    use std::cell::RefCell;

    thread_local! {
        static HEARD: RefCell<Option<String>> = const { RefCell::new(None) };
    }

    /// Keeps from here on what is said, instead of saying it.
    pub(crate) fn listen() {
        HEARD.set(Some(String::new()));
    }

    /// What was said since.
    pub(crate) fn heard() -> String {
        HEARD.take().unwrap_or_default()
    }

    /// Whether anybody listens on this thread.
    pub(super) fn listens() -> bool {
        HEARD.with_borrow(Option::is_some)
    }

    pub(super) fn hears(text: &str) -> bool {
        HEARD.with_borrow_mut(|heard| heard.as_mut().map(|heard| heard.push_str(text)).is_some())
    }
}
