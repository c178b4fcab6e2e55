package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

// healthTimeout leaves /readyz the two seconds that it may take to say what is wrong.
const healthTimeout = 3 * time.Second

// healthCmd asks the bot on this machine how it is. An image with no shell in it has nothing else to ask with.
type healthCmd struct {
	Ready bool `help:"Ask whether it is fit for work, not only whether it is alive: database, clock, walker, socket."`
}

func (cmd healthCmd) Run(in *invocation) error {
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return err
	}
	path := "/healthz"
	if cmd.Ready {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(in.ctx, healthTimeout)
	defer cancel()
	status, says, err := askOperators(ctx, env.AdminListen, path)
	if err != nil {
		return fmt.Errorf("the bot does not answer at %s: %w\nIs it running? Its log says where it listens for you (admin); SLABUDDY_ADMIN_LISTEN has to say the same here", env.AdminListen, err)
	}
	if _, err := io.WriteString(in.stdout, says); err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("the bot answers %s with %d %s", path, status, http.StatusText(status))
	}
	return nil
}

// askOperators asks the operator's address of this machine. An address to listen at will do: where it
// names no host, or every one of this machine's, dialling it means this machine (net.Dial). No proxy is asked.
func askOperators(ctx context.Context, address, path string) (status int, says string, err error) {
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		return 0, "", err
	}
	r, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	return r.StatusCode, string(body), err
}
