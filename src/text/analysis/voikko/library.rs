//! The C library itself: what its header documents, as few functions of it as are needed, behind an interface that is
//! safe. Nothing else in this program is `unsafe`.
#![expect(unsafe_code, reason = "a C library that is loaded at run time can't be called otherwise")]

use std::error::Error as _;
use std::ffi::{CStr, CString, c_char, c_void};
use std::marker::PhantomData;
use std::path::Path;
use std::ptr::{self, NonNull};

use super::{Analysis, Error, MOST_ANALYSES};

/// What the library is called where it is installed.
pub(super) const NAMES: &[&str] = if cfg!(target_os = "macos") { &["libvoikko.1.dylib"] } else { &["libvoikko.so.1"] };

/// Finnish as it is written; a dictionary may also describe other varieties.
const LANGUAGE: &CStr = c"fi-x-standard";

/// The longest value of an attribute that is read, in bytes: a base form of the longest word takes a fraction of it.
const LONGEST_VALUE: usize = 2_048;

/// `struct VoikkoHandle *`.
type Instance = *mut c_void;
/// `struct voikko_mor_analysis *`.
type Item = *mut c_void;

/// The functions that are called, as the header declares them.
#[derive(Clone, Copy)]
struct Functions {
    /// An instance, or null and what is wrong. The string is the library's own.
    init: unsafe extern "C" fn(*mut *const c_char, *const c_char, *const c_char) -> Instance,
    terminate: unsafe extern "C" fn(Instance),
    /// A list that ends in null, or null for a word that is too long.
    analyse: unsafe extern "C" fn(Instance, *const c_char) -> *mut Item,
    free_analyses: unsafe extern "C" fn(*mut Item),
    /// A copy of a value, or null where the analysis has none.
    value: unsafe extern "C" fn(Item, *const c_char) -> *mut c_char,
    free_value: unsafe extern "C" fn(*mut c_char),
    version: unsafe extern "C" fn() -> *const c_char,
}

/// The loaded library. It stays loaded until the process ends.
#[derive(Clone, Copy)]
pub(super) struct Library {
    functions: Functions,
}

impl Library {
    /// Loads the library as the system's loader finds it, by the first name that it has.
    pub(super) fn load(names: &[&str]) -> Result<Self, Error> {
        let mut reason = String::new();
        for name in names {
            // SAFETY: loading runs the initialisers of libvoikko and of the libraries it needs, which set up the C++
            // standard library and constants of their own and ask nothing of who loads them.
            match unsafe { libloading::Library::new(*name) } {
                Ok(library) => return Self::of(library),
                Err(error) => reason = reason_of(&error),
            }
        }
        Err(Error::Missing(reason))
    }

    fn of(library: libloading::Library) -> Result<Self, Error> {
        // It is never unloaded, so what points into it points there as long as the process lives.
        let library: &'static libloading::Library = Box::leak(Box::new(library));
        let other = |error: libloading::Error| Error::Library(reason_of(&error));
        // SAFETY: the field that each symbol goes to has the type that the header declares the function of its name with.
        let functions = unsafe {
            Functions {
                init: *library.get(c"voikkoInit").map_err(other)?,
                terminate: *library.get(c"voikkoTerminate").map_err(other)?,
                analyse: *library.get(c"voikkoAnalyzeWordCstr").map_err(other)?,
                free_analyses: *library.get(c"voikko_free_mor_analysis").map_err(other)?,
                value: *library.get(c"voikko_mor_analysis_value_cstr").map_err(other)?,
                free_value: *library.get(c"voikko_free_mor_analysis_value_cstr").map_err(other)?,
                version: *library.get(c"voikkoGetVersion").map_err(other)?,
            }
        };
        Ok(Self { functions })
    }

    /// The library's version, such as 4.3.1.
    pub(super) fn version(self) -> String {
        // SAFETY: the function asks nothing of its caller.
        let version = unsafe { (self.functions.version)() };
        // SAFETY: the string is the library's own, which is never unloaded, and is never freed.
        unsafe { own(version) }
    }

    /// An instance of its own, with the dictionary of a folder.
    pub(super) fn instance(self, folder: &Path) -> Result<Handle, Error> {
        let path = folder.to_str().and_then(|path| CString::new(path).ok());
        let path = path.ok_or_else(|| Error::Dictionary(format!("{} is no name of a folder", folder.display())))?;
        let mut error: *const c_char = ptr::null();
        // SAFETY: the language and the path end in null and outlive the call, and the error is written to a pointer that
        // is valid for it.
        let instance = unsafe { (self.functions.init)(&raw mut error, LANGUAGE.as_ptr(), path.as_ptr()) };
        if let Some(instance) = NonNull::new(instance) {
            return Ok(Handle { functions: self.functions, instance });
        }
        // SAFETY: without an instance, the error is a string of the library's own, which is never freed.
        Err(Error::Dictionary(unsafe { own(error) }))
    }
}

/// A copy of a string; nothing, of a null pointer.
///
/// # Safety
/// The pointer is null, or points to a string that ends in null and is not freed meanwhile.
unsafe fn own(string: *const c_char) -> String {
    // SAFETY: it is not null, and a string as the caller promises.
    let string = if string.is_null() { c"" } else { unsafe { CStr::from_ptr(string) } };
    string.to_string_lossy().into_owned()
}

/// What the system's loader says.
fn reason_of(error: &libloading::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// An instance of the analyser, for one thread at a time.
pub(super) struct Handle {
    functions: Functions,
    instance: NonNull<c_void>,
}

// SAFETY: the header asks that an instance is not used by several threads at once, which `&mut` sees to; it keeps nothing
// that belongs to the thread that made it.
unsafe impl Send for Handle {}

impl Handle {
    /// All analyses of a word, in the library's order; none of one that it doesn't know or that has a null in it.
    pub(super) fn analyse(&mut self, word: &str) -> Vec<Analysis> {
        let Ok(word) = CString::new(word) else { return Vec::new() };
        // SAFETY: the instance is alive and nobody else's while it is borrowed; the word is UTF-8, ends in null and
        // outlives the call.
        let list = unsafe { (self.functions.analyse)(self.instance.as_ptr(), word.as_ptr()) };
        let Some(list) = NonNull::new(list) else { return Vec::new() };
        List { functions: self.functions, list }.iter().map(|found| found.read()).collect()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the instance is ended once, and nobody has it any longer.
        unsafe { (self.functions.terminate)(self.instance.as_ptr()) };
    }
}

/// What the library found, freed when it goes: a list that ends in null.
struct List {
    functions: Functions,
    list: NonNull<Item>,
}

impl List {
    fn iter(&self) -> impl Iterator<Item = Found<'_>> {
        let items = (0..MOST_ANALYSES).map(|place| {
            // SAFETY: the places before this one have no null, or the iterator would have ended there: so this place is
            // still in the list, if only as its end.
            unsafe { self.list.add(place).read() }
        });
        items.map_while(|item| Some(Found { functions: self.functions, item: NonNull::new(item)?, list: PhantomData }))
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: the list is freed once, by the function that is there for it, and its analyses with it.
        unsafe { (self.functions.free_analyses)(self.list.as_ptr()) };
    }
}

/// An analysis of a list that is not freed yet.
struct Found<'l> {
    functions: Functions,
    item: NonNull<c_void>,
    list: PhantomData<&'l List>,
}

impl Found<'_> {
    fn read(&self) -> Analysis {
        Analysis {
            base: self.value(c"BASEFORM").unwrap_or_default(),
            structure: self.value(c"STRUCTURE").unwrap_or_default(),
            word_bases: self.value(c"WORDBASES").unwrap_or_default(),
            class: self.value(c"CLASS").unwrap_or_default(),
            mood: self.value(c"MOOD").unwrap_or_default(),
            case: self.value(c"SIJAMUOTO").unwrap_or_default(),
            is_participle: self.value(c"PARTICIPLE").is_some(),
            is_possessed: self.value(c"POSSESSIVE").is_some(),
        }
    }

    /// The value of an attribute; nothing where the analysis has none, or one that is too long.
    fn value(&self, key: &CStr) -> Option<String> {
        // SAFETY: the analysis is alive, since its list is borrowed; the key ends in null and outlives the call.
        let value = NonNull::new(unsafe { (self.functions.value)(self.item.as_ptr(), key.as_ptr()) })?;
        // SAFETY: a value that is not null is a string that ends in null, and ours until it is freed below.
        let text = unsafe { own(value.as_ptr()) };
        // SAFETY: the value is freed once, by the function that is there for it, and not used after.
        unsafe { (self.functions.free_value)(value.as_ptr()) };
        Some(text).filter(|text| text.len() <= LONGEST_VALUE)
    }
}
