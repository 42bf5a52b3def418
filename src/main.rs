//! The `inc` binary: everything is in the library.

fn main() -> std::process::ExitCode {
    inc::cli::main()
}
