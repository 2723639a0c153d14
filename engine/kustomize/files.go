package kustomize

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// fileSystem is what one build sees: the trees that it may read, each under its digest as first part of the path, and files
// laid over them. A tree cannot know another one's digest, hence not name its files.
type fileSystem struct {
	trees map[string]*Tree
	over  map[string][]byte
	// missing is the path that was asked for last and is not there, "" when the last answer was a file: a build ends at its
	// first fault, and kustomize's errors name no path that a program could read.
	missing string
	// probed is the folder in which kustomize looks for its file under each of its names, probes what it did not find there.
	probed string
	probes int
}

var errReadOnly = errors.New("a build writes no files")

func newFileSystem() *fileSystem {
	return &fileSystem{trees: map[string]*Tree{}, over: map[string][]byte{}}
}

// mount makes a tree readable and gives its root.
func (files *fileSystem) mount(tree *Tree) string {
	files.trees[tree.digest] = tree
	return "/" + tree.digest
}

// locate finds the tree of a path, and its name there.
func (files *fileSystem) locate(name string) (tree *Tree, inner string) {
	digest, inner, _ := strings.Cut(strings.TrimPrefix(path.Clean("/"+name), "/"), "/")
	return files.trees[digest], inner
}

func (files *fileSystem) isFile(name string) bool {
	_, found := files.content(path.Clean("/" + name))
	return found
}

func (files *fileSystem) IsDir(name string) bool {
	tree, inner := files.locate(name)
	return tree != nil && tree.isFolder(inner)
}

func (files *fileSystem) Exists(name string) bool { return files.IsDir(name) || files.isFile(name) }

func (files *fileSystem) ReadFile(name string) ([]byte, error) {
	name = path.Clean("/" + name)
	if content, found := files.content(name); found {
		files.missing, files.probed = "", ""
		return content, nil
	}
	if files.IsDir(name) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
	}
	if slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name)) {
		return nil, files.probe(name)
	}
	return nil, files.absent("open", name)
}

func (files *fileSystem) content(name string) ([]byte, bool) {
	if content, found := files.over[name]; found {
		return content, true
	}
	tree, inner := files.locate(name)
	if tree == nil {
		return nil, false
	}
	content, found := tree.files[inner]
	return content, found
}

// probe notes that a folder's kustomization has not this name; with none of the names, it is missing.
func (files *fileSystem) probe(name string) error {
	folder := path.Dir(name)
	if files.probed != folder {
		files.probed, files.probes = folder, 0
	}
	if files.probes++; files.probes == len(konfig.RecognizedKustomizationFileNames()) {
		files.missing = path.Join(folder, konfig.DefaultKustomizationFileName())
	}
	return &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
}

func (files *fileSystem) absent(operation, name string) error {
	files.missing = name
	return &fs.PathError{Op: operation, Path: name, Err: syscall.ENOENT}
}

func (files *fileSystem) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	name = path.Clean("/" + name)
	if files.IsDir(name) {
		return filesys.ConfirmedDir(name), "", nil
	}
	if files.isFile(name) {
		return filesys.ConfirmedDir(path.Dir(name)), path.Base(name), nil
	}
	return "", "", files.absent("lstat", name)
}

func (files *fileSystem) ReadDir(name string) ([]string, error) {
	tree, inner := files.locate(name)
	if tree == nil || !tree.isFolder(inner) {
		return nil, files.absent("open", name)
	}
	return slices.Clone(tree.folders[inner]), nil
}

func (files *fileSystem) Glob(pattern string) ([]string, error) {
	tree, _ := files.locate(pattern)
	var found []string
	if tree != nil {
		for file := range tree.files {
			name := "/" + tree.digest + "/" + file
			matches, err := path.Match(pattern, name)
			if err != nil {
				return nil, err
			}
			if matches {
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

func (files *fileSystem) Open(string) (filesys.File, error)    { return nil, errReadOnly }
func (files *fileSystem) Create(string) (filesys.File, error)  { return nil, errReadOnly }
func (files *fileSystem) Mkdir(string) error                   { return errReadOnly }
func (files *fileSystem) MkdirAll(string) error                { return errReadOnly }
func (files *fileSystem) RemoveAll(string) error               { return errReadOnly }
func (files *fileSystem) WriteFile(string, []byte) error       { return errReadOnly }
func (files *fileSystem) Walk(string, filepath.WalkFunc) error { return errReadOnly }
