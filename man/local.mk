## SPDX-License-Identifier: MIT
## Manual pages and completion for bash, zsh and fish, made of the tables of options.
man_templates = \
	man/fauxkvm-explain.1.in \
	man/fauxkvm-list.1.in \
	man/fauxkvm-report.1.in \
	man/fauxkvm-run.1.in \
	man/fauxkvm-stat.1.in \
	man/fauxkvm-sysroot.1.in \
	man/fauxkvm-trace.1.in \
	man/fauxkvm.1.in
EXTRA_DIST += $(man_templates) man/fauxkvm.bash.in man/fauxkvm.zsh.in \
	man/fauxkvm.fish.in
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

## zsh looks for _COMMAND, fish for COMMAND.fish.
zshcompletiondir = $(datadir)/zsh/site-functions
nodist_zshcompletion_DATA = man/zsh/_fauxkvm
man/zsh/_fauxkvm: src/tool/pages man/fauxkvm.zsh.in
	$(AM_V_GEN)$(MKDIR_P) $(@D) && src/tool/pages zsh \
	<$(srcdir)/man/fauxkvm.zsh.in >$@.part && mv $@.part $@
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_fishcompletion_DATA = man/fish/fauxkvm.fish
man/fish/fauxkvm.fish: src/tool/pages man/fauxkvm.fish.in
	$(AM_V_GEN)$(MKDIR_P) $(@D) && src/tool/pages fish \
	<$(srcdir)/man/fauxkvm.fish.in >$@.part && mv $@.part $@

## It runs here even if what is built is for another machine.
pages_sources = src/tool/pages.c src/tool/pages-complete.c src/tool/pages.h
src/tool/pages: $(pages_sources) src/tool/options.def src/kernel/clock-options.def
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC_FOR_BUILD) -std=gnu11 -Wall -Wextra \
	-I$(top_srcdir)/src -o $@ \
	$(addprefix $(top_srcdir)/,$(filter %.c,$(pages_sources)))
EXTRA_DIST += $(pages_sources)
CLEANFILES += $(man1_MANS) $(nodist_bashcompletion_DATA) \
	$(nodist_zshcompletion_DATA) $(nodist_fishcompletion_DATA) src/tool/pages
