// Package seal keeps secrets at rest: AES-256-GCM under keys that the operator holds and can change.
//
//	sealed = version (1 byte) | key id (8 bytes) | nonce (12 bytes) | ciphertext and tag
//
// The key id is the beginning of the key's SHA-256: it says which key opens what, and nothing about
// the key. Whose secret it is goes in as additional data, so that a sealed token copied to another
// workspace's row does not open there.
//
// To change the key, put the new one in front of the old ("new,old"): what is sealed is sealed with
// the first, and opened with whichever fits.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	version   = 1
	keySize   = 32
	idSize    = 8
	nonceSize = 12
	headSize  = 1 + idSize + nonceSize
)

// ErrNoKey says that none of the keys is the one that a secret was sealed with.
var ErrNoKey = errors.New("it is sealed with a key that SLABUDDY_ENCRYPTION_KEY does not hold")

// ErrDamaged says that a sealed secret is not whole, or not whose it is said to be.
var ErrDamaged = errors.New("what is sealed is damaged, or somebody else's")

// Sealer seals and opens. It is safe for concurrent use.
type Sealer struct {
	keys []key // the first seals
	rand io.Reader
}

type key struct {
	id   [idSize]byte
	raw  []byte
	aead cipher.AEAD
}

// Check says what is wrong with a list of keys, in words for the operator that do not hold the keys.
func Check(keys string) error {
	_, err := parse(keys)
	return err
}

// New reads keys: base64 of 32 bytes each, separated by commas, the one to seal with first. Nonces
// come from rand, which has to be a cryptographic source.
func New(keys string, rand io.Reader) (*Sealer, error) {
	ks, err := parse(keys)
	if err != nil {
		return nil, err
	}
	return &Sealer{keys: ks, rand: rand}, nil
}

func parse(list string) ([]key, error) {
	var keys []key
	for i, s := range strings.Split(list, ",") {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
		if err != nil || len(raw) != keySize {
			return nil, fmt.Errorf("key %d is not base64 of %d bytes", i+1, keySize)
		}
		k, err := newKey(raw)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func newKey(raw []byte) (key, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return key{}, err
	}
	sum := sha256.Sum256(raw)
	return key{id: [idSize]byte(sum[:idSize]), raw: raw, aead: aead}, nil
}

// Seal encrypts the secret of whom, such as a workspace: Open needs the same name.
func (s *Sealer) Seal(whom, secret string) ([]byte, error) {
	k := s.keys[0]
	sealed := make([]byte, headSize, headSize+len(secret)+k.aead.Overhead())
	sealed[0] = version
	copy(sealed[1:], k.id[:])
	nonce := sealed[1+idSize : headSize]
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return k.aead.Seal(sealed, nonce, []byte(secret), []byte(whom)), nil
}

// Open returns the secret of whom, ErrNoKey or ErrDamaged. old says that it is not sealed with the
// first key and should be sealed again.
func (s *Sealer) Open(whom string, sealed []byte) (secret string, old bool, err error) {
	if len(sealed) < headSize || sealed[0] != version {
		return "", false, ErrDamaged
	}
	id, nonce := sealed[1:1+idSize], sealed[1+idSize:headSize]
	for i, k := range s.keys {
		if !bytes.Equal(id, k.id[:]) {
			continue
		}
		plain, err := k.aead.Open(nil, nonce, sealed[headSize:], []byte(whom))
		if err != nil {
			return "", false, ErrDamaged
		}
		return string(plain), i > 0, nil
	}
	return "", false, ErrNoKey
}

// Derive makes a key for another purpose out of each key, in their order.
func (s *Sealer) Derive(purpose string) ([][]byte, error) {
	var derived [][]byte
	for _, k := range s.keys {
		d, err := hkdf.Key(sha256.New, k.raw, nil, purpose, keySize)
		if err != nil {
			return nil, fmt.Errorf("derive a key: %w", err)
		}
		derived = append(derived, d)
	}
	return derived, nil
}
