package fieldstest

import (
	"reflect"
	"testing"
	"time"
)

// Filled is a T in which no field, at any depth, has its zero value, and no two the same: what is forgotten or
// mixed up shows, also in fields that are added one day. Times are of whole microseconds, as stores keep them.
func Filled[T any](t *testing.T) T {
	t.Helper()
	var v T
	n := 0
	fill(t, reflect.ValueOf(&v).Elem(), &n)
	return v
}

// fill gives v and all in it values of which no two are the same.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	if _, is := v.Interface().(time.Time); is {
		v.Set(reflect.ValueOf(time.Unix(int64(1_795_262_400+*n), int64(*n)*1000).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"plain", `"quoted" & <told>`, "Größe 1 \u2028"}[*n%3] + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	default:
		t.Fatalf("fill knows no %s: teach it", v.Type())
	}
}
