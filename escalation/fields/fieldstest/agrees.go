// Package fieldstest holds the lists of package fields to the tags of their structs.
package fieldstest

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/fields"
)

// Agree checks that a list says of a struct what its tags say: with every field filled, with none, and with
// each alone. A field that is added to the struct, and forgotten in the list, shows.
func Agree[T any](t *testing.T, list func(*T, *fields.Pass)) {
	t.Helper()
	full := Filled[T](t)
	var empty T
	agree(t, "every field", full, list)
	agree(t, "no field", empty, list)
	for i := range reflect.TypeFor[T]().NumField() {
		if f := reflect.TypeFor[T]().Field(i); f.Tag.Get("json") != "-" {
			var one T
			reflect.ValueOf(&one).Elem().Field(i).Set(reflect.ValueOf(full).Field(i))
			agree(t, f.Name, one, list)
		}
	}
}

func agree[T any](t *testing.T, what string, v T, list func(*T, *fields.Pass)) {
	t.Helper()
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := fields.Marshal(&v, list)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s of %T: -encoding/json +the list:\n%s", what, v, diff)
	}
	Read(t, string(want), list)
}

// Read checks that js is read as encoding/json reads it.
func Read[T any](t *testing.T, js string, list func(*T, *fields.Pass)) {
	t.Helper()
	var want, got T
	wrong := json.Unmarshal([]byte(js), &want)
	err := fields.Unmarshal(js, &got, list)
	if (err == nil) != (wrong == nil) {
		t.Fatalf("%s: error %v, and encoding/json says %v", js, err, wrong)
	}
	if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" && err == nil {
		t.Errorf("%s: -encoding/json +the list:\n%s", js, diff)
	}
}
