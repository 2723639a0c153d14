package kustomize

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// repository is a remote base's text taken apart by kustomize's rules (its package git is internal): what to clone, what to
// check out, and the folder of the kustomization in it.
type repository struct {
	url        string
	ref        string
	folder     string
	submodules bool
}

var (
	schemes  = []string{"ssh://", "https://", "http://", "file://"}
	userName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*@`)
)

// parseRepository tells whether kustomize takes the text for a Git repository: https://host/org/repo/folder?ref=…,
// git@host:org/repo, github.com/org/repo, with `//`, `.git` or `_git/` to mark where the repository ends.
func parseRepository(text string) (repository, bool) {
	if strings.HasPrefix(text, "/") {
		return repository{}, false
	}
	text, query, _ := strings.Cut(text, "?")
	host, rest, found := cutHost(text)
	if !found {
		return repository{}, false
	}
	name, folder, found := cutRepository(rest, strings.HasPrefix(host, "file://"))
	folder = path.Clean(strings.TrimPrefix(folder, "/"))
	if !found || name == "" || folder == ".." || strings.HasPrefix(folder, "../") {
		return repository{}, false
	}
	if folder == "." {
		folder = ""
	}
	parsed := repository{url: host + name, folder: folder, submodules: true}
	parsed.readQuery(query)
	return parsed, true
}

func (parsed *repository) readQuery(query string) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return
	}
	parsed.ref = values.Get("version")
	if ref := values.Get("ref"); ref != "" {
		parsed.ref = ref
	}
	if submodules, err := strconv.ParseBool(values.Get("submodules")); err == nil {
		parsed.submodules = submodules
	}
}

// cutHost splits scheme, user and host (with its separator) from the path. Without a scheme only GitHub and user@host are
// taken for hosts; GitHub's are brought to one form.
func cutHost(text string) (host, rest string, found bool) {
	text, _ = cutPrefixFold(text, "git::")
	scheme := ""
	for _, candidate := range schemes {
		if after, cut := cutPrefixFold(text, candidate); cut {
			scheme, text = candidate, after
			break
		}
	}
	user := userName.FindString(text)
	text = text[len(user):]
	isGitHub := hasPrefixFold(text, "github.com/") || hasPrefixFold(text, "github.com:")
	colonSeparates := scheme == "" && (user != "" || isGitHub)
	if scheme == "" && !colonSeparates {
		return "", "", false
	}
	if scheme == "file://" {
		return scheme, user + text, true
	}
	end := strings.IndexByte(text, '/')
	if colon := strings.IndexByte(text, ':'); colonSeparates && (end < 0 || colon > 0 && colon < end) {
		end = colon
	}
	if end >= 0 {
		host, rest = text[:end+1], text[end+1:]
	} else {
		host = text
	}
	switch {
	case !isGitHub:
	case scheme == "ssh://" || user != "":
		scheme, host = "", "github.com:"
	default:
		scheme, user, host = "https://", "", "github.com/"
	}
	return scheme + user + host, rest, host != ""
}

// cutRepository splits the repository's path from the folder within: at a marker, else after two parts.
func cutRepository(text string, isFile bool) (name, folder string, found bool) {
	if at := strings.Index(text, "_git/"); at >= 0 {
		end := at + len("_git/")
		name, folder, _ = strings.Cut(text[end:], "/")
		return text[:end] + name, folder, true
	}
	if name, folder, found = strings.Cut(text, "//"); found {
		return name, folder, true
	}
	if at := strings.Index(text, ".git"); at >= 0 {
		end := at + len(".git")
		return text[:end], text[end:], true
	}
	if isFile {
		return text, "", true
	}
	parts := strings.SplitN(text, "/", 3)
	if len(parts) < 2 {
		return "", "", false
	}
	if len(parts) == 3 {
		folder = parts[2]
	}
	return parts[0] + "/" + parts[1], folder, true
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func cutPrefixFold(text, prefix string) (string, bool) {
	if !hasPrefixFold(text, prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// isWebAddress is kustomize's test for what it reads over HTTP before it thinks of Git.
func isWebAddress(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https")
}

// looksLikeFile guesses whether a web address is a single file rather than a repository's page.
func looksLikeFile(text string) bool {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Query().Has("ref") || strings.Contains(parsed.Path, "//") {
		return false
	}
	switch path.Ext(parsed.Path) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return parsed.Host == "raw.githubusercontent.com" || strings.Contains(parsed.Path, "/releases/download/")
}
