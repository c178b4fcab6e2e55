package client

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A form is read as it was meant, whatever its texts hold.
func TestAFormIsReadAsItWasMeant(t *testing.T) {
	forms := rapid.MapOf(rapid.StringMatching(`[a-z_]+`), rapid.SliceOfN(rapid.OneOf(rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })), 1, 2))
	rapid.Check(t, func(t *rapid.T) {
		f := url.Values(forms.Draw(t, "form"))
		got, err := url.ParseQuery(string(encode(f)))
		if err != nil || !cmp.Equal(got, f) {
			t.Fatalf("%q is read as %q, %v", f, got, err)
		}
	})
}
