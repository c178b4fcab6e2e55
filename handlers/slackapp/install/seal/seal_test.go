package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func newKeyText(fill byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, keySize))
}

func sealer(t *testing.T, keys ...string) *Sealer {
	t.Helper()
	s, err := New(strings.Join(keys, ","), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsSealedOpensForItsOwnerOnly(t *testing.T) {
	s := sealer(t, newKeyText(1))
	sealed, err := s.Seal("T1", "xoxb-secret")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("xoxb")) {
		t.Error("the secret can be read")
	}
	if got, old, err := s.Open("T1", sealed); got != "xoxb-secret" || old || err != nil {
		t.Errorf("Open(T1) = %q, %t, %v", got, old, err)
	}
	if _, _, err := s.Open("T2", sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("Open(T2) = %v: another workspace's row must not open it", err)
	}
	again, err := s.Seal("T1", "xoxb-secret")
	if err != nil || bytes.Equal(sealed, again) {
		t.Errorf("sealed twice it is the same: the nonce was used again (%v)", err)
	}
}

func TestEveryDamagedByteIsNoticed(t *testing.T) {
	s := sealer(t, newKeyText(1))
	sealed, err := s.Seal("T1", "xoxb-secret")
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, _, err := s.Open("T1", bad); err == nil {
			t.Errorf("byte %d was changed, and it opens", i)
		}
		if _, _, err := s.Open("T1", sealed[:i]); err == nil {
			t.Errorf("cut after %d bytes, it opens", i)
		}
	}
}

func TestRotatingOpensBothAndSealsWithTheNew(t *testing.T) {
	before := sealer(t, newKeyText(1))
	sealed, err := before.Seal("T1", "xoxb-secret")
	if err != nil {
		t.Fatal(err)
	}
	during := sealer(t, newKeyText(2), " "+newKeyText(1)+" ")
	got, old, err := during.Open("T1", sealed)
	if got != "xoxb-secret" || !old || err != nil {
		t.Fatalf("Open = %q, %t, %v", got, old, err)
	}
	resealed, err := during.Seal("T1", got)
	if err != nil {
		t.Fatal(err)
	}
	after := sealer(t, newKeyText(2))
	if got, old, err := after.Open("T1", resealed); got != "xoxb-secret" || old || err != nil {
		t.Errorf("with the new key alone: %q, %t, %v", got, old, err)
	}
	if _, _, err := after.Open("T1", sealed); !errors.Is(err, ErrNoKey) {
		t.Errorf("with the old key gone: %v", err)
	}
}

func TestKeysAreBase64Of32Bytes(t *testing.T) {
	good := newKeyText(1)
	for _, keys := range []string{"", "hunter2", good + ",", good[:20], good + "A", base64.StdEncoding.EncodeToString([]byte("hunter2")), good + ",hunter2"} {
		err := Check(keys)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Check(%q) = %v", keys, err)
		}
	}
	if err := Check(good + ", " + newKeyText(2)); err != nil {
		t.Error(err)
	}
}

func TestADerivedKeyIsAnother(t *testing.T) {
	s := sealer(t, newKeyText(1), newKeyText(2))
	a, err := s.Derive("a")
	if err != nil || len(a) != 2 {
		t.Fatalf("Derive(a) = %v, %v", a, err)
	}
	b, err := s.Derive("b")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a[0], a[1]) || bytes.Equal(a[0], b[0]) || bytes.Equal(a[0], bytes.Repeat([]byte{1}, keySize)) {
		t.Error("derived keys are the same")
	}
}
