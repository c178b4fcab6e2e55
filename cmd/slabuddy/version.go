package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the release build; other builds tell what Go recorded of their module.
var version = ""

type versionCmd struct{}

func (versionCmd) Run(in *invocation) error {
	_, err := fmt.Fprintf(in.stdout, "slabuddy %s (%s, %s/%s)\n", currentVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
