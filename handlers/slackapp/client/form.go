package client

// Form is an application/x-www-form-urlencoded body, written field by field.
type Form []byte

func (f *Form) Set(name, value string) { *f = appendEscaped(f.named(name), value) }

// SetBytes is set for a value that is long, and has been written as bytes.
func (f *Form) SetBytes(name string, value []byte) { *f = appendEscaped(f.named(name), value) }

// named begins a field.
func (f *Form) named(name string) []byte {
	out := []byte(*f)
	if len(out) > 0 {
		out = append(out, '&')
	}
	return append(append(out, name...), '=')
}

// appendEscaped does what url.QueryEscape does, without a string in between: that one and url.Values
// took a third of the time of a post.
func appendEscaped[T string | []byte](out []byte, value T) []byte {
	const hex = "0123456789ABCDEF"
	done := 0
	for i := range len(value) {
		c := value[i]
		if unreserved[c] {
			continue
		}
		out = append(out, value[done:i]...)
		done = i + 1
		if c == ' ' {
			out = append(out, '+')
		} else {
			out = append(out, '%', hex[c>>4], hex[c&15])
		}
	}
	return append(out, value[done:]...)
}

// unreserved are the bytes that need no escaping (RFC 3986, section 2.3).
var unreserved = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~'
	}
	return t
}()
