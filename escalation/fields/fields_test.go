package fields_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/fields"
	"github.com/slabuddy/slabuddy/escalation/fields/fieldstest"
)

// thing has a field of every kind.
type thing struct {
	ID      string        `json:"id"`
	Words   []string      `json:"words"`
	Name    string        `json:"name,omitempty"`
	Count   int           `json:"count,omitempty"`
	For     time.Duration `json:"for"`
	Gone    bool          `json:"gone,omitempty"`
	At      time.Time     `json:"at,omitzero"`
	Made    time.Time     `json:"made"`
	Part    part          `json:"part,omitzero"`
	Other   *part         `json:"other,omitempty"`
	Parts   []part        `json:"parts,omitempty"`
	Numbers []int         `json:"numbers,omitempty"`
}

type part struct {
	Name string `json:"name,omitempty"`
	Then *part  `json:"then"`
}

func thingFields(t *thing, p *fields.Pass) {
	fields.Text(p.Always(), "id", &t.ID)
	fields.Texts(p.Always(), "words", &t.Words)
	fields.Text(p, "name", &t.Name)
	fields.Number(p, "count", &t.Count)
	fields.Number(p.Always(), "for", &t.For)
	fields.Flag(p, "gone", &t.Gone)
	fields.Time(p, "at", &t.At)
	fields.Time(p.Always(), "made", &t.Made)
	fields.Object(p, "part", &t.Part, t.Part == part{}, partFields)
	fields.Pointer(p, "other", &t.Other, partFields)
	fields.Structs(p, "parts", &t.Parts, partFields)
	fields.Numbers(p, "numbers", &t.Numbers)
}

func partFields(t *part, p *fields.Pass) {
	fields.Text(p, "name", &t.Name)
	fields.Pointer(p.Always(), "then", &t.Then, partFields)
}

// chain is a part and n more of them, each the next one's: filling by reflection would not end.
func chain(name string, n int) *part {
	if n == 0 {
		return nil
	}
	return &part{name, chain(name, n-1)}
}

func full(text string, n int64) thing {
	at := time.UnixMicro(1_795_262_400_000_000 + n%1e15).UTC()
	return thing{
		ID: text, Words: []string{text, "x"}, Name: text, Count: int(n), For: time.Duration(n), Gone: n%2 == 0, At: at, Made: at,
		Part: part{Name: text}, Other: chain(text, 2), Parts: []part{{}, *chain(text, 3)}, Numbers: []int{1, int(n)},
	}
}

// What is written is what encoding/json writes, and is read back the same, whatever the texts and numbers.
func FuzzAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range []string{"", "42", "\"\\\n\r\t\b\f\x00\x1f\x7f", "Größe \U0001F9A5 \u2028 \ufffd", "\xff", "\xed\xa0\x80", "</script>&"} {
		f.Add(text, int64(len(text)))
	}
	f.Add("the longest number", int64(-1<<63))
	f.Fuzz(func(t *testing.T, text string, n int64) {
		v := full(text, n)
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fields.Marshal(&v, thingFields)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is written, %v; encoding/json writes %s", got, err, want)
		}
		fieldstest.Read(t, string(want), thingFields)
	})
}

// Whatever stands in a database is read as encoding/json reads it, or refused as it refuses it.
func FuzzReadsAsEncodingJSON(f *testing.F) {
	whole, err := json.Marshal(full("4\"2", 7))
	if err != nil {
		f.Fatal(err)
	}
	for end := range whole {
		f.Add(string(whole[:end]))
	}
	for _, odd := range []string{
		string(whole) + "x", string(whole) + " ", `{"id":null}`, `{"id":7}`, `{"id":"` + "\n" + `"}`, `{"id":"` + "\xff" + `"}`, `{"id":"\x"}`,
		`{"ID":"x"}`, `{"new":1}`, `{"id":"x",}`, `{,"id":"x"}`, `{"count":1,"id":"x"}`, `{"id":"x","id":"y"}`, `{"gone":false}`, `{"gone":maybe}`,
		`{"count":1.5}`, `{"count":1e3}`, `{"count":01}`, `{"count":-}`, `{"count":-0}`, `{"count":1000000000000000000}`, `{"count":9999999999999999999}`,
		`{"at":"2026-11-26T12:00:00+01:00"}`, `{"at":"2026-11-26"}`, `{"at":""}`, `{"at":7}`, `{"parts":null}`, `{"parts":[null]}`, `{"parts":[{}]}`, `{"parts":[]}`,
		`{"numbers":[1,]}`, `{"numbers":[1 ]}`, `{"part":{"name":"x","more":1}}`, `{"other":null}`, `{"other":{"then":{"then":null}}}`, `{"words":["a"],"name":"b"}`, `[]`, `null`, ``,
	} {
		f.Add(odd)
	}
	f.Fuzz(func(t *testing.T, js string) { fieldstest.Read(t, js, thingFields) })
}

// A time that JSON cannot hold is an error here, too.
func TestATimeWithoutAYearIsAnError(t *testing.T) {
	v := thing{At: time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC)}
	if js, err := fields.Marshal(&v, thingFields); err == nil {
		t.Errorf("written as %s", js)
	}
}
