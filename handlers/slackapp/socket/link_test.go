package socket

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestWhyNoConnectionIsHadReadsWellAndHoldsNoTicket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "ws://" + l.Addr().String() + "/link"
	l.Close()
	c := &Client{Config: Config{APIURL: "http://127.0.0.1/api/"}, timing: timing{call: 5 * time.Second}}
	for _, query := range []string{"", "?ticket=secret"} {
		_, err := c.dial(t.Context(), address+query)
		if err == nil || !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "secret") {
			t.Errorf("with %q: %v", query, err)
		}
	}
}
