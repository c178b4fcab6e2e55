package postgres

import (
	"strings"
	"testing"
)

// Ids are compared as texts: one that can be written in two ways would be two.
func TestAnIDIsWrittenInOneWay(t *testing.T) {
	const id = "0197b2a0-1c3d-7e4f-8a5b-6c7d8e9fabcd"
	u, err := uuid(id)
	if err != nil || u.String() != id {
		t.Fatalf("%v, %v", u, err)
	}
	for _, other := range []string{"", "nobody", "urn:uuid:" + id, "{" + id + "}", strings.ToUpper(id), strings.ReplaceAll(id, "-", ""),
		id + " ", id[:35], id[:35] + "g", strings.Replace(id, "-", "0", 1), "0" + id[1:8] + "0" + id[9:]} {
		if u, err := uuid(other); err == nil {
			t.Errorf("%q is read as %v", other, u)
		}
	}
}
