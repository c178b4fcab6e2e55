package demo

import (
	"slices"
	"strings"
	"testing"
)

func TestLinesAreBrokenWhereTheyFit(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"", []string{""}},
		{"short", []string{"short"}},
		{"exactly 12 c", []string{"exactly 12 c"}},
		{"one two three four", []string{"one two", "three four"}},
		{"overlongwordthatstays here", []string{"overlongwordthatstays", "here"}},
		{"│ a quotation of it", []string{"│ a", "│ quotation", "│ of it"}},
		{"• an item of a list", []string{"• an item of", "  a list"}},
		{markAside + "→ what follows from it" + markPlain, []string{markAside + "→ what", "  follows", "  from it" + markPlain}},
		{markPing + "@Bob" + markPlain + " and " + markBold + "more" + markPlain, []string{markPing + "@Bob" + markPlain + " and", markBold + "more" + markPlain}},
		{"ünïcödé häs ä wïdth", []string{"ünïcödé häs", "ä wïdth"}},
	}
	for _, tt := range tests {
		if got := wrap(tt.line, 12); !slices.Equal(got, tt.want) {
			t.Errorf("%q becomes %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestColoursComeOnlyWhereTheyAreWelcome(t *testing.T) {
	for _, colour := range []bool{false, true} {
		var out strings.Builder
		p := newPage(&out, 100, colour)
		p.text("Mon 09:10", markBold+"Bob"+markPlain+" says "+markPing+"@Ana"+markPlain+" "+markAside+markGood+markBad+markPlain)
		if got := strings.Contains(out.String(), "\x1b["); got != colour {
			t.Errorf("colour %t: %q", colour, out.String())
		}
		if strings.ContainsAny(out.String(), markBold+markPing+markAside+markGood+markBad+markPlain) {
			t.Errorf("colour %t: marks are left in %q", colour, out.String())
		}
	}
}

func TestTextStandsBesideItsTime(t *testing.T) {
	var out strings.Builder
	newPage(&out, 40, false).text("Mon 09:10", "The first line is a little longer.\n\nThe last.")
	const want = "Mon 09:10  The first line is a little\n           longer.\n\n           The last.\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
