use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use proptest::prelude::*;

use super::super::disk::{Held, Item};
use super::super::{CommitMode, RealDisk, Settings};
use super::*;

/// The real disk, whose clock is some seconds ahead: what lies on it is at rest.
#[derive(Debug)]
struct Ahead(AtomicI64);

impl Disk for Ahead {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        RealDisk.read(path, limit)
    }
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        RealDisk.stat(path)
    }
    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        RealDisk.canonical(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<Item>> {
        RealDisk.list(dir)
    }
    fn write_beside(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf> {
        RealDisk.write_beside(target, bytes, mode)
    }
    fn write_loosely(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf> {
        RealDisk.write_loosely(target, bytes, mode)
    }
    fn time_in(&self, dir: &Path) -> io::Result<i128> {
        let ahead = i128::from(self.0.load(Ordering::Relaxed)) * 1_000_000_000;
        Ok(RealDisk.time_in(dir)? + ahead)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_dir(path)
    }
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir_all(path)
    }
    fn create_private_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_private_dir(path)
    }
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_file(path)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_dir(path)
    }
    fn try_lock(&self, path: &Path, holder: &str) -> io::Result<Option<Held>> {
        RealDisk.try_lock(path, holder)
    }
}

struct Scratch {
    dir: tempfile::TempDir,
    store: Store,
}

const FORM: u64 = 7;

/// A workspace with files `a/b/<n>/r.yaml`, and a clock this many seconds ahead.
fn scratch(count: usize, ahead: i64) -> Scratch {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".inc")).unwrap();
    let settings = Settings { commit: CommitMode::Never, ..Settings::default() };
    let disk = Arc::new(Ahead(AtomicI64::new(ahead)));
    let store = Store::with(dir.path(), settings, disk, None).unwrap();
    let scratch = Scratch { dir, store };
    for n in 0..count {
        scratch.write(&format!("a/b/{n:03}/r.yaml"), &format!("text {n:03}"));
    }
    scratch
}

impl Scratch {
    fn path(&self, rel: &str) -> PathBuf {
        self.dir.path().join(rel)
    }

    fn write(&self, rel: &str, text: &str) {
        fs::create_dir_all(self.path(rel).parent().unwrap()).unwrap();
        fs::write(self.path(rel), text).unwrap();
    }

    fn survey(&self) -> Survey {
        self.store.survey("a", "r.yaml", FORM).unwrap()
    }

    /// Reads what has no row, keeps it, and gives the texts with how many were read.
    fn texts(&self) -> (BTreeMap<String, String>, usize) {
        let survey = self.survey();
        let moment = self.store.moment(&survey).unwrap();
        let (mut texts, mut fresh) = (BTreeMap::new(), Vec::new());
        for (place, found) in survey.listing.files.iter().enumerate() {
            let text = match survey.row(place) {
                Some(row) => row.to_vec(),
                None => {
                    let read = fs::read(self.path(&found.path.to_string_lossy())).unwrap();
                    fresh.push((place, read.clone()));
                    read
                }
            };
            let name = found.path.to_string_lossy().into_owned();
            texts.insert(name, String::from_utf8(text).unwrap());
        }
        self.store.keep_rows(&survey, moment, &fresh);
        (texts, fresh.len())
    }

    /// What is really there.
    fn truth(&self) -> BTreeMap<String, String> {
        let listing = self.store.list("a", Some("r.yaml")).unwrap();
        let text = |path: &Path| fs::read_to_string(self.dir.path().join(path)).unwrap();
        let files = listing.files.iter();
        files.map(|f| (f.path.to_string_lossy().into_owned(), text(&f.path))).collect()
    }

    fn rows(&self, name: &str) -> PathBuf {
        self.store.cache_dir().unwrap().join(name)
    }
}

fn mtime(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let s = scratch(5, 10);
    assert_eq!(s.texts(), (s.truth(), 5));
    assert_eq!(s.texts(), (s.truth(), 0));
    assert!(!s.survey().is_worn());
}

#[test]
fn what_changed_a_moment_ago_is_not_kept() {
    let s = scratch(3, 0);
    assert_eq!(s.texts().1, 3);
    assert_eq!(s.texts().1, 3);
}

#[test]
fn an_edit_of_the_same_size_with_the_old_time_is_seen() {
    let s = scratch(3, 10);
    s.texts();
    let path = s.path("a/b/001/r.yaml");
    let before = mtime(&path);
    s.write("a/b/001/r.yaml", "TEXT 001");
    fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    assert_eq!(mtime(&path), before);
    assert_eq!(s.texts(), (s.truth(), 1));
}

#[test]
fn two_files_that_change_places_are_seen() {
    let s = scratch(3, 10);
    s.texts();
    let (one, two) = (s.path("a/b/000/r.yaml"), s.path("a/b/001/r.yaml"));
    fs::rename(&one, s.path("aside")).unwrap();
    fs::rename(&two, &one).unwrap();
    fs::rename(s.path("aside"), &two).unwrap();
    assert_eq!(s.texts(), (s.truth(), 2));
}

#[test]
fn files_and_folders_that_come_go_and_move_are_seen() {
    let s = scratch(4, 10);
    s.texts();
    fs::remove_dir_all(s.path("a/b/000")).unwrap();
    fs::rename(s.path("a/b/001"), s.path("a/b/100")).unwrap();
    fs::remove_file(s.path("a/b/002/r.yaml")).unwrap();
    s.write("a/b/003/below/r.yaml", "new, below a folder that is known");
    assert_eq!(s.texts().0, s.truth());
    assert_eq!(s.truth().len(), 3);
    assert_eq!(s.texts(), (s.truth(), 0));
}

#[test]
fn a_new_neighbour_wears_a_row_but_costs_no_reading() {
    let s = scratch(2, 10);
    s.texts();
    s.write("a/b/000/note.md", "beside it");
    assert!(s.survey().is_worn());
    assert_eq!(s.texts(), (s.truth(), 0));
    assert!(!s.survey().is_worn());
}

#[test]
fn a_link_in_a_files_place_is_not_that_file() {
    let s = scratch(2, 10);
    s.texts();
    let path = s.path("a/b/000/r.yaml");
    fs::remove_file(&path).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../001/r.yaml", &path).unwrap();
    let survey = s.survey();
    assert_eq!(survey.row(0), None);
}

#[test]
fn one_change_among_many_does_not_write_them_all_again() {
    let s = scratch(64, 10);
    s.texts();
    let older = fs::read(s.rows("rows")).unwrap();
    assert!(!s.rows("rows.newer").exists());
    s.write("a/b/010/r.yaml", "once more");
    assert_eq!(s.texts(), (s.truth(), 1));
    assert_eq!(fs::read(s.rows("rows")).unwrap(), older);
    assert!(fs::read(s.rows("rows.newer")).unwrap().len() < older.len() / 8);
    assert_eq!(s.texts(), (s.truth(), 0));
    for n in 20..40 {
        s.write(&format!("a/b/{n:03}/r.yaml"), "many at once");
    }
    assert_eq!(s.texts(), (s.truth(), 20));
    assert!(!s.rows("rows.newer").exists());
    assert_eq!(s.texts(), (s.truth(), 0));
}

#[test]
fn rows_of_another_form_are_not_given() {
    let s = scratch(2, 10);
    s.texts();
    let other = s.store.survey("a", "r.yaml", FORM + 1).unwrap();
    assert_eq!(other.row(0), None);
}

#[test]
fn a_damaged_cache_is_no_cache() {
    let s = scratch(20, 10);
    s.texts();
    s.write("a/b/003/r.yaml", "newer");
    s.texts();
    let truth = s.truth();
    for name in ["rows", "rows.newer"] {
        let whole = fs::read(s.rows(name)).unwrap();
        let damaged = (0..whole.len()).step_by(7).flat_map(|at| {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            [whole[..at].to_vec(), flipped]
        });
        for bytes in damaged.chain([Vec::new(), b"inc cache 0001\n\n".to_vec(), vec![b'x'; 300]]) {
            fs::write(s.rows(name), &bytes).unwrap();
            assert_eq!(s.survey().listing.files.len(), truth.len());
            let survey = s.survey();
            for (place, text) in truth.values().enumerate() {
                assert!(survey.row(place).is_none_or(|row| row == text.as_bytes()));
            }
        }
        fs::write(s.rows(name), &whole).unwrap();
    }
    assert_eq!(s.texts(), (truth, 0));
}

#[test]
fn a_cache_that_cannot_be_written_or_read_is_nobodys_error() {
    let s = scratch(2, 10);
    // Folders stand where the files would.
    fs::create_dir_all(s.rows("rows")).unwrap();
    fs::create_dir_all(s.rows("rows.newer")).unwrap();
    assert_eq!(s.texts(), (s.truth(), 2));
    assert_eq!(s.texts(), (s.truth(), 2));
    let left = fs::read_dir(s.store.cache_dir().unwrap()).unwrap().count();
    assert_eq!(left, 2, "a file that could not be put in place stays behind");
}

#[test]
fn reading_makes_no_folder_where_nobody_wrote() {
    let s = scratch(1, 10);
    fs::remove_dir(s.path(".inc")).unwrap();
    let survey = s.survey();
    assert!(s.store.moment(&survey).is_none());
    assert!(!s.path(".inc").exists());
}

#[test]
fn writers_at_the_same_time_leave_a_whole_cache() {
    let s = scratch(30, 10);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(s.texts().0, s.truth());
                }
            });
        }
    });
    assert_eq!(s.texts(), (s.truth(), 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever happens to the files, what the cache gives is what they say.
    #[test]
    fn kept_rows_are_what_the_files_say(steps in prop::collection::vec((0..6_u8, 0..5_usize, 0..5_usize), 1..25)) {
        let s = scratch(5, 10);
        for (what, one, two) in steps {
            let file = |n: usize| s.path(&format!("a/b/{n:03}/r.yaml"));
            let folder = |n: usize| s.path(&format!("a/b/{n:03}"));
            // Steps that do not apply to what is there do nothing.
            match what {
                0 => drop(fs::write(file(one), format!("other {two:02}"))),
                1 => drop(fs::rename(file(one), file(two))),
                2 => drop(fs::remove_file(file(one))),
                3 => drop(fs::rename(folder(one), folder(two))),
                4 => s.write(&format!("a/b/{one:03}/below/{two}/r.yaml"), "below"),
                _ => prop_assert_eq!(s.texts().0, s.truth()),
            }
        }
        prop_assert_eq!(s.texts().0, s.truth());
        prop_assert_eq!(s.texts(), (s.truth(), 0));
    }

    #[test]
    fn the_order_of_paths_is_the_walks(mut names in prop::collection::vec("[a-c/.-]{1,6}", 2..8)) {
        names.retain(|n| Path::new(n).components().count() > 0 && !n.contains("//") && !n.starts_with('/') && !n.ends_with('/') && !n.contains('.'));
        let mut ours = names.clone();
        ours.sort_by(|a, b| by_components(a.as_bytes(), b.as_bytes()));
        names.sort_by(|a, b| Path::new(OsStr::new(a)).cmp(Path::new(OsStr::new(b))));
        prop_assert_eq!(ours, names);
    }
}
