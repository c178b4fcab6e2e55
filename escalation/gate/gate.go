// Package gate names the gates and the paces that jobs of ours wait behind; see queue.New.
package gate

import (
	"hash/fnv"
	"strconv"
)

// The Slack methods that have gates of their own.
const (
	MethodPost    = "chat.postMessage"
	MethodReplies = "conversations.replies"
	MethodHistory = "conversations.history"
	MethodUpdate  = "chat.update"
)

// Workspace is shut while a workspace's token is missing or revoked.
func Workspace(workspace string) string { return "workspace/" + workspace }

// Method is shut while Slack limits a method in a workspace.
func Method(workspace, method string) string { return "slack/" + workspace + "/" + method }

// PaceMessage spaces the updates of one message, so that they keep their order. Messages share a few
// keys a channel: a store keeps every pace key it ever saw.
func PaceMessage(workspace, channel, message string) string {
	const perChannel = 16
	h := fnv.New32a()
	h.Write([]byte(message))
	return PaceChannel(workspace, channel) + "/" + strconv.Itoa(int(h.Sum32()%perChannel))
}

// PaceChannel spaces the posts to one channel.
func PaceChannel(workspace, channel string) string { return "pace/" + workspace + "/" + channel }

// Page is shut while a page's receiver limits us.
func Page(name string) string { return "page/" + name }
