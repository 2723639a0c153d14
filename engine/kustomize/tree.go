// Package kustomize builds kustomizations with upstream's library over trees that the host handed in: no disk, no network,
// no process. What a build wants from outside (remote bases, charts) is found out beforehand by kustomizationNeeds, fetched
// by the host, and put in the place of its text.
package kustomize

import (
	"path"
	"slices"
	"strings"
	"sync"

	"fleetwright.dev/engine/helm"
)

// Tree is a source tree. It is shared by all builds and never changes.
type Tree struct {
	digest string
	files  map[string][]byte
	// folders holds the sorted names of what is in each folder, the root being "".
	folders map[string][]string
	// charts keeps the charts of the tree's own folders that a build has loaded.
	charts map[string]*helm.Chart
}

var trees = struct {
	sync.Mutex
	loaded map[string]*Tree
}{loaded: map[string]*Tree{}}

func findTree(digest string) (*Tree, bool) {
	trees.Lock()
	defer trees.Unlock()
	tree, found := trees.loaded[digest]
	return tree, found
}

func newTree(digest string, files map[string][]byte) *Tree {
	tree := &Tree{digest: digest, files: files, folders: map[string][]string{"": nil}, charts: map[string]*helm.Chart{}}
	for file := range files {
		tree.addTo(file)
	}
	for _, names := range tree.folders {
		slices.Sort(names)
	}
	return tree
}

// addTo enters a path in its folder, and the folder in its own as needed.
func (tree *Tree) addTo(name string) {
	folder, base := splitPath(name)
	if _, known := tree.folders[folder]; !known {
		tree.folders[folder] = nil
		tree.addTo(folder)
	}
	tree.folders[folder] = append(tree.folders[folder], base)
}

func (tree *Tree) isFolder(name string) bool {
	_, found := tree.folders[name]
	return found
}

// chart loads a folder of the tree as a chart.
func (tree *Tree) chart(folder string) (*helm.Chart, error) {
	if chart, found := tree.charts[folder]; found {
		return chart, nil
	}
	files := map[string][]byte{}
	for name, content := range tree.files {
		if inner, inside := strings.CutPrefix(name, folder+"/"); inside {
			files[inner] = content
		}
	}
	chart, err := helm.Load(files)
	if err != nil {
		return nil, err
	}
	tree.charts[folder] = chart
	return chart, nil
}

func splitPath(name string) (folder, base string) {
	folder, base = path.Split(name)
	return strings.TrimSuffix(folder, "/"), base
}
