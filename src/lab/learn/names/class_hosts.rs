//! What a network must know so that a class finds the lab: entries for its DNS, or one line for the hosts
//! file of each system, ready to paste. The start prints them, and `/names` shows them.

use std::net::IpAddr;

use crate::base::addresses::Addresses;

/// The address of the class's computer, and the names that must lead to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassHosts {
    address: Option<IpAddr>,
    names: Vec<String>,
}

impl ClassHosts {
    /// The names of a class whose computer has this address. A lab that only its own computer reaches has none.
    pub fn of(addresses: &Addresses, address: Option<IpAddr>) -> Self {
        if !addresses.is_class() {
            return Self::default();
        }
        let names = addresses.site_names().of_class();
        let attacker = addresses.attacker_name();
        // An address needs no entry. One of version 6 is written in brackets.
        let is_name = attacker.trim_matches(['[', ']']).parse::<IpAddr>().is_err();
        let attacker = is_name.then_some(attacker);
        Self {
            address,
            names: names
                .into_iter()
                .chain(attacker)
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Where the names must lead; `None` where the computer has no address in a network.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// An entry for each name, as a zone file has it (RFC 1035, section 5).
    pub fn dns(&self) -> Vec<String> {
        let kind = match self.address {
            Some(IpAddr::V6(_)) => "AAAA",
            _ => "A",
        };
        let to = self.to();
        let entry = |name: &String| format!("{name}. IN {kind} {to}");
        self.names.iter().map(entry).collect()
    }

    /// The command that adds them on Linux and macOS; nothing where there are no names.
    pub fn on_unix(&self) -> String {
        if self.names.is_empty() {
            return String::new();
        }
        format!("echo '{}' | sudo tee -a /etc/hosts", self.line())
    }

    /// The command that adds them on Windows, in PowerShell with an administrator's rights.
    pub fn on_windows(&self) -> String {
        if self.names.is_empty() {
            return String::new();
        }
        let file = r"$env:windir\System32\drivers\etc\hosts";
        format!("Add-Content -Path \"{file}\" -Value '{}'", self.line())
    }

    fn line(&self) -> String {
        format!("{} {}", self.to(), self.names.join(" "))
    }

    fn to(&self) -> String {
        self.address
            .map_or_else(|| "ADDRESS".to_owned(), |address| address.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_entry_and_one_line_has_them_all() {
        let address = "192.0.2.7".parse().ok();
        let by_address = Addresses::new("lab.school.example".into(), "192.0.2.7".into());
        let hosts = ClassHosts::of(&by_address, address);
        let line = "192.0.2.7 lab.school.example guide.lab.school.example \
                    notes.lab.school.example cafe.lab.school.example";
        assert_eq!(
            hosts.on_unix(),
            format!("echo '{line}' | sudo tee -a /etc/hosts")
        );
        assert!(hosts.on_windows().ends_with(&format!("-Value '{line}'")));
        assert_eq!(hosts.dns()[1], "guide.lab.school.example. IN A 192.0.2.7");
        let by_name = Addresses::new("lab.school.example".into(), "evil.example".into());
        let hosts = ClassHosts::of(&by_name, "2001:db8::7".parse().ok());
        assert_eq!(hosts.dns()[4], "evil.example. IN AAAA 2001:db8::7");
        let unknown = ClassHosts::of(&by_name, None);
        assert_eq!(unknown.dns()[4], "evil.example. IN A ADDRESS");
    }

    #[test]
    fn ones_own_computer_needs_nothing() {
        let own = Addresses::new("localhost".into(), "127.0.0.1".into());
        let hosts = ClassHosts::of(&own, None);
        assert!(hosts.dns().is_empty() && hosts.on_unix().is_empty());
    }
}
