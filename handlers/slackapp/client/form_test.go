package client

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A form is written as the standard library writes it, whatever its texts hold, but for the order.
func TestAFormIsWrittenAsTheLibraryDoes(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	forms := rapid.MapOf(text, rapid.SliceOfN(text, 1, 2))
	pairs := func(form string) []string { return slices.Sorted(slices.Values(strings.Split(form, "&"))) }
	rapid.Check(t, func(t *rapid.T) {
		f := url.Values(forms.Draw(t, "form"))
		if diff := cmp.Diff(pairs(f.Encode()), pairs(string(encode(f)))); diff != "" {
			t.Fatalf("%q (-library +ours):\n%s", f, diff)
		}
	})
}
