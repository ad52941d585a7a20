//! Tokens: how a person is known in a plate, which has no citizen id in clear.

use super::guards::fold_code;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{
    collections::BTreeSet,
    fmt, fs,
    path::Path,
    sync::{Arc, OnceLock},
};

/// Bytes of a key: one that can be guessed gives every id away.
const KEY_BYTES: usize = 32;
/// As hexadecimal digits, and as characters of base64.
const KEY_HEX: usize = 2 * KEY_BYTES;
const KEY_BASE64: usize = (8 * KEY_BYTES).div_ceil(6);
/// So many bits the characters of a key have at least, taken by how often each occurs: chance gives more, words and patterns fewer.
const KEY_BITS: f64 = 180.0;
/// Different bytes among the first 32 of a key that is no text; chance gives 30.
const KEY_DISTINCT: usize = 24;
/// What a key is applied to for its fingerprint; no id looks like this.
const FINGERPRINT_OF: &[u8] = b"baseplate key fingerprint";
/// The cost of a fingerprint: memory in KiB and passes. Who has a plate and guesses keys needs a tenth of a second for each.
const FINGERPRINT_COST: (u32, u32) = (64 << 10, 3);

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
    #[error(
        "the key could be guessed: it must be {KEY_BYTES} random bytes, as they are, in hexadecimal or in base64; make one with: \
         head -c 32 /dev/urandom | base64"
    )]
    Weak,
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
pub struct PersonKey {
    hmac: Hmac<Sha256>,
    fingerprint: Arc<OnceLock<String>>,
}

impl PersonKey {
    /// A key of 32 random bytes or more, as they are, in hexadecimal or in base64; white space around it does not count.
    ///
    /// # Errors
    /// [`KeyError::Weak`].
    pub fn new(secret: &[u8]) -> Result<Self, KeyError> {
        let secret = secret.trim_ascii();
        if !looks_random(secret) {
            return Err(KeyError::Weak);
        }
        let hmac = Hmac::new_from_slice(secret).map_err(|_| KeyError::Weak)?;
        Ok(Self { hmac, fingerprint: Arc::default() })
    }

    /// The key in a file.
    ///
    /// # Errors
    /// [`KeyError::Io`] or [`KeyError::Weak`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let secret = fs::read(path).map_err(|source| KeyError::Io { path: path.to_owned(), source })?;
        Self::new(&secret)
    }

    /// By which a plate knows its key again: 16 hexadecimal digits from which the key cannot be found. The first time it takes a tenth
    /// of a second, so that keys are not tried out.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.get_or_init(|| self.slow_fingerprint().unwrap_or_default()).clone()
    }

    /// Argon2id of what the key makes of a fixed text.
    fn slow_fingerprint(&self) -> Result<String, argon2::Error> {
        let (memory, passes) = FINGERPRINT_COST;
        let mut hash = [0; 8];
        let params = argon2::Params::new(memory, passes, 1, Some(hash.len()))?;
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        argon.hash_password_into(&self.apply(FINGERPRINT_OF), FINGERPRINT_OF, &mut hash)?;
        Ok(hex::encode(hash))
    }

    /// The token of an id. Width, case, white space and the guards of spreadsheets make no difference.
    pub fn token(&self, id: &str) -> PersonToken {
        PersonToken(self.apply(fold_code(id).to_ascii_uppercase().as_bytes()))
    }

    fn apply(&self, text: &[u8]) -> [u8; 16] {
        let whole = self.hmac.clone().chain_update(text).finalize().into_bytes();
        std::array::from_fn(|i| whole[i])
    }
}

/// Whether a key can be random bytes, or their hexadecimal or base64 form.
fn looks_random(secret: &[u8]) -> bool {
    let has = |of: fn(&u8) -> bool| secret.iter().any(of);
    let is_text = secret.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace());
    if !is_text {
        return secret.len() >= KEY_BYTES && distinct(&secret[..KEY_BYTES]) >= KEY_DISTINCT;
    }
    let is_hex = secret.len() >= KEY_HEX && secret.iter().all(u8::is_ascii_hexdigit);
    let body = secret.trim_ascii_end();
    let body = &body[..body.len() - body.iter().rev().take_while(|b| **b == b'=').count()];
    let is_base64 = body.len() >= KEY_BASE64
        && body.iter().all(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit);
    (is_hex || is_base64) && bits(secret) >= KEY_BITS
}

fn distinct(bytes: &[u8]) -> usize {
    bytes.iter().collect::<BTreeSet<_>>().len()
}

/// Bits of information, if each character was drawn by itself.
fn bits(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    text.iter().for_each(|b| counts[usize::from(*b)] += 1);
    let share = |count: &u32| f64::from(*count) / text.len() as f64;
    text.len() as f64 * counts.iter().filter(|count| **count > 0).map(share).map(|p| -p * p.log2()).sum::<f64>()
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(******)")
    }
}

/// A person as a plate knows one: the first 128 bits of the HMAC-SHA-256 of the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonToken(pub(crate) [u8; 16]);

impl PersonToken {
    /// Its first 64 bits, which hardly ever are those of another person as well.
    pub(crate) fn head(self) -> u64 {
        u64::from_be_bytes(std::array::from_fn(|byte| self.0[byte]))
    }
}

impl fmt::Display for PersonToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_could_be_guessed_are_refused() {
        let raw: Vec<u8> = (0..32_u8).map(|i| i.wrapping_mul(37).wrapping_add(200)).collect();
        let keys: [&[u8]; 4] = [
            b"5097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec\n",
            b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=\n",
            b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI",
            &raw,
        ];
        for key in keys {
            assert!(PersonKey::new(key).is_ok(), "{}", String::from_utf8_lossy(key));
        }
        for weak in [
            "",
            "short",
            "a sentence with many words in it that somebody thought up by himself 1A",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "abababababababababababababababababababababababababababababababab",
            "passwordpasswordpasswordpasswordpasswordpassword",
            "Password1Password1Password1Password1Password1Password1",
            "YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvX",
        ] {
            assert!(matches!(PersonKey::new(weak.as_bytes()), Err(KeyError::Weak)), "{weak}");
        }
        assert!(PersonKey::new(&[7; 32]).is_err());
    }

    #[test]
    fn a_key_file_gives_the_tokens_it_always_gave() {
        let key = PersonKey::new(b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=\n").expect("a key");
        assert_eq!(key.token("000000294502058330").to_string(), "289e6468659a7ea166d1f732d7af4e41");
        assert_eq!(key.fingerprint(), key.clone().fingerprint());
        assert_eq!(key.fingerprint().len(), 16);
    }
}
