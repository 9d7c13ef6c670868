//! The memory that a password hash fills, for one hash after the other.
//!
//! Argon2id is slow because it fills 19 MiB and reads them again in an order that depends on the
//! password. The contents are worthless once the hash is done, and the next hash overwrites them.
//! A server that asks the system for new memory at each sign-in pays for it twice: the system fills
//! it with zeros first, and the allocator keeps what was given back for later. Read
//! `password_storage.rs` for what the hash is for.

use std::fmt;

use argon2::password_hash::Error;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// The largest memory of a hash: 33 MiB, in blocks of 1 KiB. A stored hash that asks for more was not
/// made here. All of it is asked for at once, though only what is written to takes memory: the
/// allocator of most Linux systems gives a piece of more than 32 MiB back to the system as soon as
/// it is dropped, and may keep a smaller one.
const ROOM: usize = 33 * 1024;

/// The memory of one hash at a time. It is empty until the first hash, and then as large as the
/// largest one needed. `Debug` prints the type's name only: the contents come from a password.
#[derive(Default)]
pub struct HashMemory(Vec<Block>);

impl HashMemory {
    /// Whether a hash with the parameters of `like` fits into the largest memory.
    pub fn has_room_for(like: &PasswordHash) -> bool {
        Params::try_from(like).is_ok_and(|params| params.block_count() <= ROOM)
    }

    /// The hash of a password with the algorithm, the parameters and the salt of `like`, `length`
    /// bytes long.
    ///
    /// # Errors
    /// `like` names something that this program does not know, or the system has no memory to give.
    pub(super) fn argon2id(
        &mut self,
        like: &PasswordHash,
        password: &str,
        length: usize,
    ) -> Result<Output, Error> {
        let algorithm = Algorithm::try_from(like.algorithm.as_str())?;
        let version = like.version.map(Version::try_from).transpose()?;
        let params = Params::try_from(like)?;
        let salt = like.salt.as_ref().ok_or(Error::SaltInvalid)?;
        let mut bytes = [0; Output::MAX_LENGTH];
        let bytes = bytes.get_mut(..length).ok_or(Error::OutputSize)?;
        let blocks = self.blocks(params.block_count())?;
        Argon2::new(algorithm, version.unwrap_or_default(), params)
            .hash_password_into_with_memory(password.as_bytes(), salt, bytes, blocks)?;
        Ok(Output::new(bytes)?)
    }

    /// At least as many blocks as are needed. What an earlier hash left in them does no harm: the
    /// first pass writes a block before it reads it.
    fn blocks(&mut self, needed: usize) -> Result<&mut [Block], Error> {
        if needed > ROOM {
            return Err(Error::ParamsInvalid);
        }
        if self.0.len() < needed {
            let room = self.0.try_reserve_exact(ROOM - self.0.len());
            room.map_err(|_| Error::OutOfMemory)?;
            self.0.resize(needed, Block::default());
        }
        Ok(&mut self.0)
    }
}

impl fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashMemory")
    }
}
