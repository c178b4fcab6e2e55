package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

type serveCmd struct{}

func (serveCmd) Run(in *invocation) error {
	// From the first instant to the last: a hang-up that nobody waits for would end the process.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)

	c, env, err := configured(in)
	if err != nil {
		if len(in.slips) > 0 {
			err = errors.Join(err, &config.EnvError{Problems: in.slips})
		}
		return err
	}
	logger := config.NewLogger(os.Stderr, env.LogLevel, env.LogFormat, in.getenv)
	app.TuneMemory(in.getenv)
	a, err := app.New(in.ctx, app.Options{
		Config: c, Env: env, Version: currentVersion(), Logger: logger,
		Now: func() time.Time { return time.Now().UTC() }, RealTime: true,
	})
	switch {
	case err != nil && in.ctx.Err() != nil:
		return nil // told to end before it had begun
	case err != nil:
		return err
	}
	for _, look := range c.Looks {
		logger.Warn("look at the configuration: "+look.What, "file", c.File, "line", look.Line, "fix", look.Fix)
	}
	for _, slip := range in.slips {
		logger.Warn("look at the environment: "+slip.Variable+" "+slip.What, "fix", slip.Fix)
	}
	if len(c.Channels) == 0 {
		logger.Info("the configuration names no channel: set one up with /sla-setup, typed in it in Slack")
	}
	ctx, cancel := context.WithCancel(in.ctx)
	defer cancel()
	go reloadOnHangup(ctx, hangups, a, in.configPath, logger)
	return a.Run(ctx)
}

// configured reads the configuration and the environment, and tells all that is wrong with both.
func configured(in *invocation) (*config.Config, config.Env, error) {
	c, configErr := config.Load(in.configPath)
	demands := c // as far as it could be read
	if demands == nil {
		demands = config.Default()
	}
	env, envErr := config.ReadEnv(in.getenv, demands)
	if configErr == nil {
		configErr = c.CheckWorkspace(env)
	}
	return c, env, errors.Join(configErr, envErr)
}

// reloadOnHangup reads the configuration again on each SIGHUP. A bad one is refused, and the one in
// force stays.
func reloadOnHangup(ctx context.Context, hangups <-chan os.Signal, a *app.App, path string, logger *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		c, err := config.Load(path)
		if err == nil && c.File == "" && a.ConfigFile() != "" {
			err = fmt.Errorf("%s is gone", a.ConfigFile()) // and all its channels with it
		}
		if err == nil {
			err = a.Reload(ctx, c)
		}
		if err != nil {
			logger.Error("the configuration was not reloaded; the one before stays in force", "error", err)
			continue
		}
		logger.Info("configuration reloaded", "file", c.File, "channels", len(c.Channels))
	}
}
