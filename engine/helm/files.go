package helm

import (
	"encoding/base64"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gobwas/glob"
	"helm.sh/helm/v4/pkg/chart/common"
)

// chartFiles is .Files of a template: the files of a chart that are no templates. Methods are upstream's
// (pkg/engine/files.go, not exported there), but equal base names are resolved in the order of paths, not by chance.
type chartFiles map[string][]byte

func newChartFiles(files []*common.File) chartFiles {
	byName := make(chartFiles, len(files))
	for _, file := range files {
		byName[file.Name] = file.Data
	}
	return byName
}

// GetBytes gives a file's content, empty when there is none.
func (files chartFiles) GetBytes(name string) []byte {
	if content, found := files[name]; found {
		return content
	}
	return []byte{}
}

// Get gives a file's content as text, empty when there is none.
func (files chartFiles) Get(name string) string { return string(files.GetBytes(name)) }

// Glob keeps the files whose path matches; a malformed pattern keeps all, as upstream's does.
func (files chartFiles) Glob(pattern string) chartFiles {
	matcher, err := glob.Compile(pattern, '/')
	if err != nil {
		matcher, _ = glob.Compile("**")
	}
	matching := chartFiles{}
	for name, content := range files {
		if matcher.Match(name) {
			matching[name] = content
		}
	}
	return matching
}

// AsConfig prints the files as YAML for the data of a ConfigMap, by base name.
func (files chartFiles) AsConfig() string {
	return files.print(func(content []byte) string { return string(content) })
}

// AsSecrets prints the files as YAML for the data of a Secret, by base name.
func (files chartFiles) AsSecrets() string { return files.print(base64.StdEncoding.EncodeToString) }

func (files chartFiles) print(encode func([]byte) string) string {
	if files == nil {
		return ""
	}
	texts := make(map[string]any, len(files))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		texts[path.Base(name)] = encode(files[name])
	}
	return toYAML(texts)
}

// Lines gives a file's lines.
func (files chartFiles) Lines(name string) []string {
	content := files[name]
	if len(content) == 0 {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
}
