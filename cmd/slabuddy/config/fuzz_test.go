package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse: whatever stands in a file, reading it ends with a configuration that can be used, or with
// errors that say where.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/bad/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := Parse("f.yaml", src)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml:") {
				t.Errorf("no place in: %v", err)
			}
			return
		}
		for id, channel := range c.Channels {
			if p, ok := c.Policies[channel.For("")]; !ok || len(p.Tiers) == 0 {
				t.Errorf("channel %s has no policy that can be used", id)
			}
		}
	})
}
