.DEFAULT_GOAL := help
.PHONY: help local test check soak bench clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

local: node_modules/.package-lock.json ## production, staging, dev and two branch environments on this machine
	bin/understudy local up

test: node_modules/.package-lock.json check ## every test; ends with "N passed, N failed"
	npx mocha --parallel --jobs 2 'test/engine/**/*.test.ts' 'test/!(engine)/**/*.test.ts' 'test/*.test.ts'

bench: node_modules/.package-lock.json ## measures speed beside stated alternatives; WRITE=1 puts the figures into docs/performance.md
	@AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true node -r ts-node/register/transpile-only bench/main.ts \
		$(if $(WRITE),--write) $(if $(JSON),--json) $(if $(REPETITIONS),--repetitions $(REPETITIONS)) $(if $(ONLY),--only $(ONLY))

soak: node_modules/.package-lock.json ## kills and throttles at random, SOAK_OPERATIONS times from SOAK_SEED; WRITE=1 as above
	@AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true node --expose-gc -r ts-node/register/transpile-only test/soak/main.ts $(if $(WRITE),--write)

check: node_modules/.package-lock.json ## types and lint
	npx tsc -p tsconfig.json
	npx eslint --cache --cache-location node_modules/.cache/eslint/ .

clean: ## what was built
	rm -rf dist
