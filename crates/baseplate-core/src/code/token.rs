//! Tokens: how a person is known in a plate, which has no citizen id in clear.

use super::fold_code;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{fmt, fs, path::Path};

/// The shortest key, bytes: a key that can be guessed gives every id away.
const KEY_MIN: usize = 16;
/// What a key is applied to for its fingerprint; no id looks like this.
const FINGERPRINT_OF: &[u8] = b"baseplate key fingerprint";

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It could be guessed.
    #[error("the key has {0} bytes, at least {KEY_MIN} are needed; make one with: head -c 32 /dev/urandom | base64")]
    Short(usize),
    /// The plate was built under another key.
    #[error("this is not the key that the plate was built with (its fingerprint is {expected}, this one's {found})")]
    Other {
        /// Fingerprint in the plate.
        expected: String,
        /// Fingerprint of the key given.
        found: String,
    },
    /// The plate has no people.
    #[error("the plate was built without people: there is nothing to find with a key")]
    NoPeople,
}

/// The key under which the ids of people become tokens (HMAC-SHA-256). It does not show itself; what a plate keeps of it
/// is its fingerprint.
#[derive(Clone)]
pub struct PersonKey(Hmac<Sha256>);

impl PersonKey {
    /// A key of at least 16 bytes; white space around it does not count.
    ///
    /// # Errors
    /// [`KeyError::Short`].
    pub fn new(secret: &[u8]) -> Result<Self, KeyError> {
        let secret = secret.trim_ascii();
        let short = KeyError::Short(secret.len());
        if secret.len() < KEY_MIN {
            return Err(short);
        }
        Hmac::new_from_slice(secret).map(Self).map_err(|_| short)
    }

    /// The key in a file.
    ///
    /// # Errors
    /// [`KeyError::Io`] or [`KeyError::Short`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let secret = fs::read(path).map_err(|source| KeyError::Io { path: path.to_owned(), source })?;
        Self::new(&secret)
    }

    /// By which a plate knows its key again: 16 hexadecimal digits from which the key cannot be found.
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.apply(FINGERPRINT_OF)[..8])
    }

    /// The token of an id. Width, case, white space and the guards of spreadsheets make no difference.
    pub fn token(&self, id: &str) -> PersonToken {
        PersonToken(self.apply(fold_code(id).to_ascii_uppercase().as_bytes()))
    }

    fn apply(&self, text: &[u8]) -> [u8; 16] {
        let whole = self.0.clone().chain_update(text).finalize().into_bytes();
        std::array::from_fn(|i| whole[i])
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(******)")
    }
}

/// A person as a plate knows one: the first 128 bits of the HMAC-SHA-256 of the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonToken(pub(crate) [u8; 16]);

impl fmt::Display for PersonToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
