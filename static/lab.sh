# Five small functions that several worksheets use. Read them before you let your shell run them:
# a file from the network can do anything that you can do.

# enc: writes bytes as base64url (RFC 4648, section 5), as cookies and tokens carry them.
enc() { base64 | tr '+/' '-_' | tr -dc 'A-Za-z0-9_-'; }

# dec: reads base64url. The `=` only fill the last group up; base64 wants them back.
dec() {
  local text=$(tr '_-' '/+')
  while [ $((${#text} % 4)) -ne 0 ]; do text=$text=; done
  printf %s "$text" | base64 -d
}

# part N: decodes one part of a text that has dots between its parts, such as a token.
part() { cut -d. -f"$1" | dec; }

# field NAME FILE: the value of a member of JSON that is a text.
field() { grep -o '"'"$1"'":"[^"]*"' "$2" | cut -d '"' -f 4; }

# sha256 TEXT: its hash, as base64url.
sha256() { printf %s "$1" | openssl dgst -sha256 -binary | enc; }
