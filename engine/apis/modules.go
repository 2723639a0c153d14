package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
)

// release is one line of versions.txt with the folders of its modules.
type release struct {
	// version is 1.35.8.
	version         string
	minor           int
	kubernetes, api string
}

func readRelease(version string) (release, error) {
	one := release{version: version, minor: minorOf(version)}
	var err error
	if one.kubernetes, err = moduleFolder("k8s.io/kubernetes", "v"+version); err != nil {
		return one, err
	}
	one.api, err = moduleFolder("k8s.io/api", stagingVersion(version))
	return one, err
}

func (r release) failed(err error) error { return fmt.Errorf("kubernetes %s: %w", r.version, err) }

// stagingVersion of the modules that are published with Kubernetes: v0.35.8 for 1.35.8.
func stagingVersion(version string) string { return "v0" + strings.TrimPrefix(version, "1") }

// moduleFolder downloads a module, if it is not in the cache, and says where it lies.
func moduleFolder(path, version string) (string, error) {
	output, err := exec.Command("go", "mod", "download", "-json", path+"@"+version).Output()
	var module struct{ Dir, Error string }
	if decodeError := json.Unmarshal(output, &module); decodeError != nil {
		return "", fmt.Errorf("%s@%s: %v", path, version, err)
	}
	if module.Error != "" {
		return "", fmt.Errorf("%s", module.Error)
	}
	return module.Dir, nil
}
