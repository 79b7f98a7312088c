# The two that matter to a newcomer: make hello, make test. They do all the set-up (toolchain/README.md).

MVN := mvn -B -ntp
PREFIX := /usr/local
DESTDIR :=
CARAFE := runtime/target/carafe
RUNTIME := $(CARAFE)
GROUP := spec
REPORT := conformance/target/report
OWN_SHIM := shim/target/containerd-shim-carafe-v2
SHIM := $(OWN_SHIM)
CONMON := conmon/target/carafe-conmon
SHARE := manual/target/share
CLASSPATH := runtime/target/image.classpath
comma := ,
# Whom docs/benchmarks.md has beside Debian's own runc and crun.
PEERS := static-crun,newest
IMAGE_CLASSPATH = $(MVN) -q -DskipImages -pl runtime -am test-compile dependency:build-classpath -Dmdep.outputFile=target/image.classpath -Dmdep.includeScope=runtime
# What the tests call beside what Debian's base system and the build have: they do not go without, and some are skipped without.
NEEDED := /bin/busybox busybox-static /usr/bin/newuidmap uidmap /bin/ps procps
WANTED := /usr/bin/containerd containerd /usr/sbin/runc runc /usr/bin/zstd zstd /usr/bin/dbus-daemon dbus-daemon /usr/sbin/criu criu /usr/bin/python3 python3

.DEFAULT_GOAL := help
.PHONY: hello carafe build test unit it faults soak fuzz races test-managers test-guest test-kernels conformance conformance-page tour-lines bench bench-page bench-quick bench-pictures bench-exits order man dist deb test-packages test-setup install uninstall clean help tools

hello: carafe ## build carafe and run a first container with it
	@docs/hello/run $(CARAFE)

carafe: tools
	@$(MVN) -q -DskipTests -DskipTestImages -pl runtime -am pre-integration-test

build: tools ## build the static binaries: runtime/target/carafe, shim/target/containerd-shim-carafe-v2, conmon/target/carafe-conmon
	@$(MVN) -q -DskipTests -DskipTestImages -pl runtime,shim,conmon -am pre-integration-test
	@ls -l $(CARAFE) $(SHIM) $(CONMON)

test: tools ## all tests; T=name runs one class or class\#method, quickly
ifdef T
	@toolchain/test '$(T)'
else
	@toolchain/need $(NEEDED)
	@toolchain/need --if-possible $(WANTED)
	$(MVN) --fail-at-end verify
endif

unit: tools ## the tests that need no native image: seconds
	$(MVN) test

it: tools ## the tests of the native images on this kernel; T=name runs one
ifdef T
	@toolchain/test '$(T)'
else
	@toolchain/need $(NEEDED)
	@toolchain/need --if-possible $(WANTED)
	$(MVN) --fail-at-end -Dtest=NoUnitTest -Dsurefire.failIfNoSpecifiedTests=false verify
endif

faults: tools ## every system call of every verb fails once, with each errno of its man page, and a kill at each; EVERY=K: each K-th
	@toolchain/need $(NEEDED)
	@rm -f */target/faults.tsv
	@status=0; $(MVN) --fail-at-end -Dgroups=faults -Dfaults.every=$(or $(EVERY),1) -pl runtime,shim -am verify || status=$$?; \
	    cat */target/faults.tsv | awk -F'\t' '{ tried += $$1; wrong += $$2 } END { print tried + 0 " points tried, " wrong + 0 " wrong" }'; exit $$status

fuzz: tools ## hostile input, guided by coverage: FOR=60s (also 5m, 1h) for each target; T='Config Layer' some of them, KEEP=1 what it learns
	@$(MVN) -q -Pfuzz -DskipImages -pl linux,runtime,shim,conmon -am test-compile dependency:build-classpath \
	    -Dmdep.outputFile=target/fuzz.classpath -Dmdep.includeScope=test
	@toolchain/fuzz $(or $(FOR),60s) $(T)

races: tools ## every two verbs at once a hundred times, and each verb stopped at each of its system calls; ROUNDS=N
	@toolchain/need $(NEEDED)
	@$(MVN) -Dtest=NoUnitTest -Dit.test='VerbPairsIT,StoppedIT,StateReadersIT' -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dfailsafe.failIfNoSpecifiedTests=false -Dcarafe.races.rounds=$(or $(ROUNDS),100) -pl runtime -am verify

soak: tools ## SIZE containers (10000) by one shim, each with a further process, with faults in between: what it holds is level
	@toolchain/need $(NEEDED)
	@$(MVN) -DskipTestImages -Dtest=NoUnitTest -Dit.test=SoakIT -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dfailsafe.failIfNoSpecifiedTests=false -Dcarafe.soak=$(or $(SIZE),10000) -pl shim -am verify

test-managers: build ## podman, conmon, buildah, containerd and docker run containers by carafe, those of this machine and the newest; MANAGERS='docker shim' some, NEWEST=no
	@toolchain/need $(NEEDED)
	@toolchain/managers $(CARAFE) $(SHIM) $(CONMON)

test-guest: tools ## the tests of limits in a guest with cgroup v2 and systemd (QEMU); T=name runs one class (DRIVER=1: by systemd's driver), SHORT=1 a few; KERNEL=5.10|6.1|6.12|7.2 CGROUPS=v2|hybrid|v1
	@toolchain/need $(NEEDED)
	@toolchain/need --if-possible $(WANTED)
	@$(MVN) -q -DskipTests -DskipTestImages -pl runtime,shim -am pre-integration-test dependency:build-classpath \
	    -Dmdep.outputFile=target/test.classpath -Dmdep.includeScope=test
	@toolchain/guest/test $(if $(SHORT),--short) $(if $(DRIVER),--driver) $(if $(CI),--if-possible) '$(T)'

test-kernels: tools ## containers on each of Debian's kernels with each layout of cgroups, with systemd and without, in guests; writes docs/kernels.md's table. KERNELS='5.10 7.2' CGROUPS='v2 hybrid v1' SYSTEMD='no yes'
	@toolchain/need $(NEEDED) $(WANTED)
	@$(MVN) -q -DskipTests -DskipTestImages -pl runtime,shim -am pre-integration-test dependency:build-classpath \
	    -Dmdep.outputFile=target/test.classpath -Dmdep.includeScope=test
	@toolchain/guest/matrix $(KERNELS)

conformance: tools $(if $(filter shim,$(GROUP)),$(if $(filter $(OWN_SHIM),$(SHIM)),build),$(if $(filter $(CARAFE),$(RUNTIME)),carafe)) ## any runtime against the specification; RUNTIME=paths GROUP=spec|managers|security|all ARGS REPORT; or GROUP=shim SHIM=paths
	@toolchain/need /bin/busybox busybox-static
	@$(MVN) -q -DskipTests -DskipImages -pl conformance -am package
	@java -jar conformance/target/carafe-conformance.jar $(if $(filter shim,$(GROUP)),$(foreach shim,$(SHIM),--shim $(shim) \
	    $(if $(filter $(OWN_SHIM),$(shim)),--runtime $(CARAFE))),$(foreach runtime,$(RUNTIME),--runtime $(runtime) --args '$(ARGS)')) \
	    --group $(GROUP) --report $(REPORT) $(if $(PREPARE),--prepare '$(PREPARE)')

conformance-page: tools ## write docs/conformance.md anew from the suite's tables
	@$(MVN) -q -pl conformance -am -DskipImages -Dtest=CoverageTest -Dsurefire.failIfNoSpecifiedTests=false -Dconformance.page=write test

tour-lines: tools ## write the line numbers of docs/tour.md anew
	@$(MVN) -q -pl runtime -am -DskipImages -Dtest=DocumentLinksTest -Dsurefire.failIfNoSpecifiedTests=false -Dtour.lines=write test

bench: tools ## carafe and its shim against runc, crun and containerd's; B=name runs one benchmark, also RUNTIMES=static-crun,newest,NAME=PATH GAPS ROUNDS EXITS VIEW CONFIG PAGE
	@toolchain/need /usr/sbin/runc runc /usr/bin/crun crun /usr/bin/containerd containerd /bin/busybox busybox-static
	@$(MVN) -q -DskipTests -DskipTestImages -DskipBenchmarkImages=false -pl runtime,shim,conmon,benchmarks -am pre-integration-test
	@java -jar benchmarks/target/benchmarks.jar --carafe $(CARAFE) --shim $(SHIM) --target benchmarks/target \
	    $$(benchmarks/peers $(subst $(comma), ,$(RUNTIMES)) | sed 's/^/--runtime /') $(GAPS:%=--gap %) $(ROUNDS:%=--rounds %) $(EXITS:%=--exits %) $(VIEW:%=--view %) \
	    $(CONFIG:%=--config %) $(PAGE:%=--page %) $(B)

bench-page: ## write the tables of docs/benchmarks.md anew, but the last, with samples and pictures beside it
	@$(MAKE) bench PAGE=docs/benchmarks.md ROUNDS=$(or $(ROUNDS),20) RUNTIMES='$(or $(RUNTIMES),$(PEERS))'
	@$(MAKE) bench PAGE=docs/benchmarks.md VIEW=host ROUNDS=$(or $(ROUNDS),60) RUNTIMES='$(or $(RUNTIMES),$(PEERS))' B='FurtherMounts FurtherLayers' # a slope is a small part of a run

bench-quick: carafe ## two minutes: a few benchmarks back to back, each ratio beside that of the samples of docs/benchmarks.md; RUNTIMES
	@$(MVN) -q -DskipTests -DskipImages -pl benchmarks -am package
	@java -jar benchmarks/target/benchmarks.jar --carafe $(CARAFE) --target benchmarks/target --gap 0 --rounds $(or $(ROUNDS),15) \
	    $$(benchmarks/peers $(subst $(comma), ,$(RUNTIMES)) | sed 's/^/--runtime /') --against docs/benchmarks.md Run Exec CreateStartDelete State Kill

bench-pictures: tools ## draw the pictures of docs/benchmarks.md again, from the samples beside it
	@$(MVN) -q -DskipTests -DskipImages -pl benchmarks -am package
	@java -jar benchmarks/target/benchmarks.jar --draw docs/benchmarks.md

bench-exits: ## the last table of docs/benchmarks.md: EXITS processes (100000) through one shim
	@$(MAKE) bench PAGE=docs/benchmarks.md VIEW=host EXITS=$(or $(EXITS),100000) B=Exits

order: tools ## record anew what a start touches of the executable (toolchain/order)
	@$(MVN) -q -DskipTests -DskipImages -DskipOrder=false -pl runtime -am pre-integration-test

man: tools ## write the manual pages and the completions of shells to manual/target/share
	@$(MVN) -q -DskipTests -DskipImages -pl manual -am process-classes

install: man ## copy binaries, manual pages and completions to DESTDIR and PREFIX (/usr/local)
	@test -x $(CARAFE) -a -x $(SHIM) -a -x $(CONMON) || $(MAKE) build
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(CARAFE) $(SHIM) $(CONMON)
	cd $(SHARE) && find * -type f -exec install -D -m 644 '{}' '$(DESTDIR)$(PREFIX)/share/{}' ';'

dist: build man ## target/dist: a tarball with the static binaries, pages, licences, an SBOM and checksums
	@$(IMAGE_CLASSPATH)
	@toolchain/dist $(CARAFE) $(SHIM) $(CONMON) $(SHARE) $(CLASSPATH) target/dist

deb: build man ## target/deb: the same as Debian packages, carafe, containerd-shim-carafe-v2 and carafe-conmon
	@$(IMAGE_CLASSPATH)
	@rm -rf target/deb && toolchain/packages/make $(CARAFE) $(SHIM) $(CONMON) $(SHARE) $(CLASSPATH) target/deb

test-packages: deb dist ## they are installed in a bare Debian, run containers, are upgraded meanwhile from OLDER (a folder; default: an older version of the same) and removed
	@rm -rf target/deb-older
	@$(if $(OLDER),,SOURCE_DATE_EPOCH=1767225600 toolchain/packages/make $(CARAFE) $(SHIM) $(CONMON) $(SHARE) $(CLASSPATH) target/deb-older)
	@toolchain/packages/same $(CARAFE) $(SHIM) $(CONMON) $(SHARE) $(CLASSPATH)
	@toolchain/packages/test target/deb $(or $(OLDER),target/deb-older)

test-setup: ## a tool chain whose JDK has left Debian's archive is assembled with the one that apt offers
	@toolchain/test-setup

uninstall: man ## remove what install has copied; containers and their state stay
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(CARAFE) $(SHIM) $(CONMON)))
	cd $(SHARE) && find * -type f -exec rm -f '$(DESTDIR)$(PREFIX)/share/{}' ';'

clean: ## remove what was built (the tool chain stays in its cache)
	rm -rf target */target

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' Makefile | tr -d '\\' | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

tools:
	@toolchain/need mvn maven javac openjdk-17-jdk-headless
