//! A ZIP archive of a few small files, as PKWARE's APPNOTE describes it: stored, not compressed.
//!
//! Every system opens one with a double click. Reports are a few kilobytes each, so compression would
//! save little.

use crate::base::clock::BenchTime;

/// The version of the format that a reader needs: folders and nothing newer.
const NEEDS: u16 = 20;

/// Names and texts are UTF-8.
const UTF_8: u16 = 1 << 11;

/// The day that the format's clock begins: the first of January 1980.
const FIRST_DAY: u16 = (1 << 5) | 1;

/// An archive that is being written.
#[derive(Debug)]
pub struct ZipArchive {
    bytes: Vec<u8>,
    /// The list of the files, which follows them.
    directory: Vec<u8>,
    count: u16,
    day: u16,
    time: u16,
}

/// An archive takes 65 535 files and 4 GiB, and this is more.
#[derive(Debug, thiserror::Error)]
#[error("the archive would have more files or bytes than a ZIP archive can hold")]
pub struct TooLarge;

impl ZipArchive {
    /// An empty archive, whose files are of this moment.
    pub fn new(now: BenchTime) -> Self {
        let (day, time) = day_and_time(now);
        Self {
            bytes: Vec::new(),
            directory: Vec::new(),
            count: 0,
            day,
            time,
        }
    }

    /// Adds a file. The name is a path with `/`, chosen by the desk and never by a student: some programs
    /// write a file wherever its name says.
    ///
    /// # Errors
    /// The archive would be too large.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), TooLarge> {
        let offset = u32::try_from(self.bytes.len()).map_err(|_| TooLarge)?;
        let size = u32::try_from(content.len()).map_err(|_| TooLarge)?;
        let length = u16::try_from(name.len()).map_err(|_| TooLarge)?;
        self.count = self.count.checked_add(1).ok_or(TooLarge)?;
        // What both heads of a file share.
        let mut shared = Vec::new();
        for field in [NEEDS, UTF_8, 0, self.time, self.day] {
            shared.extend(field.to_le_bytes());
        }
        for field in [crc_32(content), size, size] {
            shared.extend(field.to_le_bytes());
        }
        shared.extend(length.to_le_bytes());
        shared.extend(0_u16.to_le_bytes());

        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&shared);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);

        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(NEEDS.to_le_bytes());
        self.directory.extend(&shared);
        // No comment, the first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        Ok(())
    }

    /// The whole archive.
    ///
    /// # Errors
    /// It is too large.
    pub fn finish(mut self) -> Result<Vec<u8>, TooLarge> {
        let offset = u32::try_from(self.bytes.len()).map_err(|_| TooLarge)?;
        let size = u32::try_from(self.directory.len()).map_err(|_| TooLarge)?;
        self.bytes.append(&mut self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        for field in [self.count, self.count] {
            self.bytes.extend(field.to_le_bytes());
        }
        for field in [size, offset] {
            self.bytes.extend(field.to_le_bytes());
        }
        self.bytes.extend(0_u16.to_le_bytes());
        Ok(self.bytes)
    }
}

/// The date and the time as MS-DOS writes them, in UTC and in steps of two seconds.
fn day_and_time(now: BenchTime) -> (u16, u16) {
    let moment = i64::try_from(now.seconds());
    let moment = moment.map(time::OffsetDateTime::from_unix_timestamp);
    let Ok(Ok(moment)) = moment else {
        return (FIRST_DAY, 0);
    };
    let Ok(year @ 0..=127) = u16::try_from(moment.year() - 1980) else {
        return (FIRST_DAY, 0);
    };
    let (month, day) = (u16::from(u8::from(moment.month())), moment.day());
    let date = year << 9 | month << 5 | u16::from(day);
    let (hour, minute, second) = moment.to_hms();
    let time = u16::from(hour) << 11 | u16::from(minute) << 5 | u16::from(second / 2);
    (date, time)
}

/// The checksum of ISO 3309, bit by bit: it is taken of kilobytes, once for each export.
fn crc_32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let mut crc = crc ^ u32::from(*byte);
        for _ in 0..8 {
            let polynomial = if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
            crc = crc >> 1 ^ polynomial;
        }
        crc
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standards_example() {
        assert_eq!(crc_32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc_32(b""), 0);
    }

    #[test]
    fn a_moment_before_1980_or_after_2107_is_the_first_day() {
        for seconds in [0, 4_354_819_200, u64::MAX / 1_000] {
            let at = BenchTime::from_millis(seconds * 1_000);
            assert_eq!(day_and_time(at), (FIRST_DAY, 0));
        }
        // 2026-11-30 17:08:05 UTC.
        let at = BenchTime::from_millis(1_796_058_485_000);
        assert_eq!(
            day_and_time(at),
            (46 << 9 | 11 << 5 | 30, 17 << 11 | 8 << 5 | 2)
        );
    }
}
