package config

import (
	"strings"
	"testing"
)

// A file that would take all memory is refused before it is read.
func TestAFileWithoutEndIsRefused(t *testing.T) {
	for name, src := range map[string]string{
		"brackets":     strings.Repeat("[", 200_000),
		"mappings":     "channels: " + strings.Repeat("{a: ", 20_000) + strings.Repeat("}", 20_000),
		"over lines":   strings.Repeat("[\n", 200_000),
		"dashes":       strings.Repeat("- ", 200_000),
		"complex keys": strings.Repeat("? ", 200_000),
		"a great many": "# " + strings.Repeat("x", longestFile),
	} {
		if _, err := Parse("slabuddy.yaml", []byte(src)); err == nil || !strings.Contains(err.Error(), "nested here") && !strings.Contains(err.Error(), "KiB") {
			t.Errorf("%s: %.200v", name, err)
		}
	}
	long := "products: [" + strings.Repeat("a, ", 5000) + "b]"
	if _, err := Parse("slabuddy.yaml", []byte(long)); err != nil && strings.Contains(err.Error(), "nested") {
		t.Errorf("a long list: %.200v", err)
	}
}
