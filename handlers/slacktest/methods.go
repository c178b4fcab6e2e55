package slacktest

// method is one of the Web API. It runs with the workspace locked.
type method struct {
	run      func(*Workspace, args) answer
	scopes   []string // any one will do; which one, may depend on the channel
	required []string
	token    tokenKind
}

// tokenKind is the kind of token that a method takes.
type tokenKind int

const (
	botToken tokenKind = iota // xoxb-…, of one workspace
	appToken                  // xapp-…, of the app itself
	noToken                   // it proves who calls by other means
)

func methods() map[string]method {
	chat, user := []string{"chat:write"}, []string{"users:read"}
	history := []string{"channels:history", "groups:history"}
	read := []string{"channels:read", "groups:read"}
	groups := []string{"usergroups:read"}
	bot := func(run func(*Workspace, args) answer, scopes []string, required ...string) method {
		return method{run: run, scopes: scopes, required: required}
	}
	return map[string]method{
		"apps.connections.open": {run: (*Workspace).appsConnectionsOpen, token: appToken},
		"auth.test":             bot((*Workspace).authTest, nil),
		"bots.info":             bot((*Workspace).botsInfo, user),
		"chat.getPermalink":     bot((*Workspace).chatGetPermalink, nil, "channel", "message_ts"),
		"chat.postEphemeral":    bot((*Workspace).chatPostEphemeral, chat, "channel", "user"),
		"chat.postMessage":      bot((*Workspace).chatPostMessage, chat, "channel"),
		"chat.update":           bot((*Workspace).chatUpdate, chat, "channel", "ts"),
		"conversations.history": bot((*Workspace).conversationsHistory, history, "channel"),
		"conversations.info":    bot((*Workspace).conversationsInfo, read, "channel"),
		"conversations.join":    bot((*Workspace).conversationsJoin, []string{"channels:join"}, "channel"),
		"conversations.list":    bot((*Workspace).conversationsList, read),
		"conversations.members": bot((*Workspace).conversationsMembers, read, "channel"),
		"conversations.replies": bot((*Workspace).conversationsReplies, history, "channel", "ts"),
		"oauth.v2.access":       {run: (*Workspace).oauthV2Access, token: noToken},
		"team.info":             bot((*Workspace).teamInfo, []string{"team:read"}),
		"usergroups.list":       bot((*Workspace).usergroupsList, groups),
		"usergroups.users.list": bot((*Workspace).usergroupsUsersList, groups, "usergroup"),
		"users.conversations":   bot((*Workspace).usersConversations, read),
		"users.info":            bot((*Workspace).usersInfo, user, "user"),
		"users.list":            bot((*Workspace).usersList, user),
		"users.lookupByEmail":   bot((*Workspace).usersLookupByEmail, []string{"users:read.email"}, "email"),
		"views.open":            bot((*Workspace).viewsOpen, nil, "view"),
		"views.publish":         bot((*Workspace).viewsPublish, nil, "user_id", "view"),
		"views.push":            bot((*Workspace).viewsPush, nil, "view"),
		"views.update":          bot((*Workspace).viewsUpdate, nil, "view"),
	}
}
