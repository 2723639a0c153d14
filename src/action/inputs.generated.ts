// Written by `npm run generate` from src/cli/options.ts and src/action/own-inputs.ts; edit it there.
import type { InputRow } from './own-inputs.ts'

export const inputTable = {
  "command": {
    "description": "What to do. `auto` follows from the event: `diff` for pull_request and merge_group, `compile` for push, `observe` for schedule, `post` for workflow_run",
    "kind": "text",
    "choices": [
      "auto",
      "diff",
      "compile",
      "observe",
      "verify",
      "post"
    ],
    "default": "auto"
  },
  "token": {
    "description": "Token that comments and checks are written with. It is never handed to what compiles; Git uses the credentials that actions/checkout leaves",
    "kind": "text",
    "default": "${{ github.token }}"
  },
  "api-url": {
    "description": "Where the API of GitHub is",
    "kind": "text",
    "default": "${{ github.api_url }}"
  },
  "name": {
    "description": "Name of the check, and what the comment is found by; several fleets in one repository need several",
    "kind": "text",
    "default": "fleetwright"
  },
  "comment": {
    "description": "diff, post: keep one comment on the pull request up to date",
    "kind": "switch",
    "default": "true"
  },
  "check": {
    "description": "diff, post: write a check, or a commit status where checks may not be written",
    "kind": "switch",
    "default": "true"
  },
  "remote": {
    "description": "Git remote that holds the pull requests and the rendered branch",
    "kind": "text",
    "default": "origin"
  },
  "report-dir": {
    "description": "diff: folder to write every format of the report to, ready to be uploaded; post: folder that the report of the other run was downloaded to. Default: `fleetwright-report` in the temporary folder of the runner",
    "kind": "text"
  },
  "repo": {
    "kind": "text",
    "default": ".",
    "description": "diff, compile, observe, verify: Folder of the repository with the intent, from the folder of the job",
    "passedTo": {
      "flag": "--repo",
      "commands": [
        "diff",
        "compile",
        "observe",
        "verify"
      ]
    }
  },
  "branch": {
    "kind": "text",
    "description": "diff, compile, observe, verify: Rendered branch. Default: `rendered.branch` of fleetwright.yaml, else `rendered`",
    "passedTo": {
      "flag": "--branch",
      "commands": [
        "diff",
        "compile",
        "observe",
        "verify"
      ]
    }
  },
  "fail-on": {
    "kind": "text",
    "choices": [
      "changes",
      "dangers"
    ],
    "description": "diff: Fail the job, and the check, when there are any",
    "passedTo": {
      "flag": "--fail-on",
      "commands": [
        "diff"
      ]
    }
  },
  "observe": {
    "kind": "switch",
    "description": "compile: Observe the clusters first, and compile with what they say",
    "passedTo": {
      "flag": "--observe",
      "commands": [
        "compile"
      ]
    }
  },
  "kubeconfig": {
    "kind": "text",
    "description": "compile, observe: Where contexts of clusters are looked up; without contexts in fleetwright.yaml, its current one is the management cluster. Default: the files of KUBECONFIG, else `~/.kube/config`",
    "passedTo": {
      "flag": "--kubeconfig",
      "commands": [
        "compile",
        "observe"
      ]
    }
  },
  "context": {
    "kind": "text",
    "description": "compile, observe: kubeconfig context of the management cluster. Default: `management` of fleetwright.yaml",
    "passedTo": {
      "flag": "--context",
      "commands": [
        "compile",
        "observe"
      ]
    }
  },
  "allow-exec": {
    "kind": "switch",
    "description": "compile, observe: Let the kubeconfig run programs for credentials; one from a Secret never may",
    "passedTo": {
      "flag": "--allow-exec",
      "commands": [
        "compile",
        "observe"
      ]
    }
  },
  "timeout": {
    "kind": "text",
    "description": "compile, observe: Longest time that reading one cluster may take: `45s`, `2m`. Default: 30s",
    "passedTo": {
      "flag": "--timeout",
      "commands": [
        "compile",
        "observe"
      ]
    }
  },
  "concurrency": {
    "kind": "number",
    "description": "observe: Clusters that are read at a time. Default: 16. diff, compile, verify: Renders side by side; each takes about 100 MB. Default: the number of cores, at most 4",
    "passedTo": {
      "flag": "--concurrency",
      "commands": [
        "observe",
        "diff",
        "compile",
        "verify"
      ]
    }
  },
  "facts": {
    "kind": "text",
    "description": "diff, compile: Folder with recorded facts, laid out as `.fleetwright/` of the rendered branch. Default: those of the rendered branch",
    "passedTo": {
      "flag": "--facts",
      "commands": [
        "diff",
        "compile"
      ]
    }
  },
  "cluster": {
    "kind": "text",
    "description": "diff, compile, observe: Only the clusters with these labels (`env=prod`), or the one with this `<namespace>/<name>`; the others stay as they are. Default: all clusters",
    "passedTo": {
      "flag": "--cluster",
      "commands": [
        "diff",
        "compile",
        "observe"
      ]
    }
  },
  "locked": {
    "kind": "switch",
    "description": "diff, compile: Refuse what fleetwright.lock does not hold",
    "passedTo": {
      "flag": "--locked",
      "commands": [
        "diff",
        "compile"
      ]
    }
  },
  "offline": {
    "kind": "switch",
    "description": "diff, compile, observe, verify: Use what the cache holds and no network",
    "passedTo": {
      "flag": "--offline",
      "commands": [
        "diff",
        "compile",
        "observe",
        "verify"
      ]
    }
  },
  "allow-delete": {
    "kind": "list",
    "description": "compile: Approve the deletions that a brake named with this digest",
    "passedTo": {
      "flag": "--allow-delete",
      "commands": [
        "compile"
      ]
    }
  },
  "cache": {
    "kind": "text",
    "description": "diff, compile, observe, verify: Folder that keeps downloads and what runs said. Default: `fleetwright` in `$XDG_CACHE_HOME`, else in `~/.cache`",
    "passedTo": {
      "flag": "--cache",
      "commands": [
        "diff",
        "compile",
        "observe",
        "verify"
      ]
    }
  }
} as const satisfies Record<string, InputRow>
