//! What a recipe may not say, although it is TOML with the right names.

use super::recipe::{FOREIGN, Recipe, RecipeError, RequestRecipe};

impl Recipe {
    /// Looks for parts that make no sense, and names the line of the first.
    ///
    /// # Errors
    /// There is one.
    pub(super) fn check(&self, text: &str) -> Result<(), RecipeError> {
        // The line in which a word is written first.
        let line = |word: &str| {
            let found = text
                .lines()
                .position(|line| line.trim_start().starts_with(word));
            found.map_or(1, |line| line + 1)
        };
        let wrong = |word: &str, because: String, next: &str| {
            Err(RecipeError {
                line: line(word),
                because,
                next: next.to_owned(),
            })
        };
        if !self.mine {
            let because = "mine is not true: a port on this computer can lead to somebody else's \
                           machine";
            let next = "write mine = true if the application and its machine are yours";
            return wrong("mine", because.into(), next);
        }
        if let Some(change) = &self.role_change
            && !self.account.is_empty()
            && self.account.iter().skip(1).all(|one| one.user != change.by)
        {
            let because = format!("{} is no account beside the first", change.by);
            let next = "name the administrator in a later [[account]]: the first one is the user";
            return wrong("[role-change", because, next);
        }
        let requests = self.requests();
        for (word, request) in &requests {
            if request.path.is_empty() && request.page.is_none() {
                let because = format!("{word} has neither path nor page");
                return wrong(word, because, "name the address: path = \"/login\"");
            }
            if request.json.is_some() && !request.form.is_empty() {
                let because = format!("{word} has a form and JSON");
                return wrong(word, because, "leave one of the two out");
            }
            let paths = [Some(&request.path), request.page.as_ref()];
            let bad = |path: &&String| !path.is_empty() && !path.starts_with('/');
            if let Some(path) = paths.into_iter().flatten().find(bad) {
                let because = format!("{path} does not begin with a slash");
                let next = "write the path only: the audit sends nothing to another host";
                return wrong(word, because, next);
            }
        }
        let token = self.token.iter();
        let foreign: Vec<&String> = token.flat_map(|token| token.foreign.keys()).collect();
        if let Some(unknown) = foreign
            .iter()
            .find(|name| !FOREIGN.contains(&name.as_str()))
        {
            let because = format!("{unknown} is no claim that a foreign token is tried with");
            return wrong("[token.foreign", because, "use iss, aud, nbf or crit");
        }
        Ok(())
    }

    fn requests(&self) -> Vec<(&'static str, &RequestRecipe)> {
        let mut all = Vec::new();
        all.extend(
            self.sign_in_first
                .iter()
                .map(|one| ("[[sign-in-first", one)),
        );
        all.extend(self.sign_in.iter().map(|one| ("[sign-in]", one)));
        all.extend(self.sign_out.iter().map(|one| ("[sign-out", one)));
        all.extend(
            self.password_change
                .iter()
                .map(|one| ("[password-change", one)),
        );
        all.extend(
            self.sign_out_others
                .iter()
                .map(|one| ("[sign-out-others", one)),
        );
        all.extend(
            self.role_change
                .iter()
                .map(|one| ("[role-change", &one.request)),
        );
        all.extend(self.change.iter().map(|one| ("[[change", &one.request)));
        if let Some(token) = &self.token {
            all.push(("[token", &token.sign_in));
            all.extend(token.sign_out.iter().map(|one| ("[token", one)));
            all.extend(token.renew.iter().map(|one| ("[token", one)));
            all.extend(token.foreign.values().map(|one| ("[token", &one.request)));
        }
        all
    }
}
