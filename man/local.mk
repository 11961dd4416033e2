## SPDX-License-Identifier: MIT
## Manual pages and completion for bash, made of the tables of options.
man_templates = \
	man/fauxkvm-explain.1.in \
	man/fauxkvm-list.1.in \
	man/fauxkvm-report.1.in \
	man/fauxkvm-run.1.in \
	man/fauxkvm-stat.1.in \
	man/fauxkvm-sysroot.1.in \
	man/fauxkvm-trace.1.in \
	man/fauxkvm.1.in
EXTRA_DIST += $(man_templates) man/fauxkvm.bash.in
man1_MANS = \
	man/fauxkvm-explain.1 \
	man/fauxkvm-list.1 \
	man/fauxkvm-report.1 \
	man/fauxkvm-run.1 \
	man/fauxkvm-stat.1 \
	man/fauxkvm-sysroot.1 \
	man/fauxkvm-trace.1 \
	man/fauxkvm.1
$(man1_MANS): src/tool/pages $(man_templates)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && name=`basename $@ .1` && \
	command=$${name#fauxkvm} && src/tool/pages man "$${command#-}" \
	<$(srcdir)/$@.in >$@.part && mv $@.part $@

## bash-completion looks for a file of the command's name.
bashcompletiondir = $(datadir)/bash-completion/completions
nodist_bashcompletion_DATA = man/bash/fauxkvm
man/bash/fauxkvm: src/tool/pages man/fauxkvm.bash.in
	$(AM_V_GEN)$(MKDIR_P) $(@D) && src/tool/pages bash \
	<$(srcdir)/man/fauxkvm.bash.in >$@.part && mv $@.part $@

## It runs here even if what is built is for another machine.
src/tool/pages: src/tool/pages.c src/tool/options.def src/kernel/clock-options.def
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC_FOR_BUILD) -std=gnu11 -Wall -Wextra \
	-I$(top_srcdir)/src -o $@ $(top_srcdir)/src/tool/pages.c
EXTRA_DIST += src/tool/pages.c
CLEANFILES += $(man1_MANS) $(nodist_bashcompletion_DATA) src/tool/pages
