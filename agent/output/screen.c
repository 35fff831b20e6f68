/* SPDX-License-Identifier: GPL-2.0-or-later */
/* screen - the terminal is given back by the handlers themselves, so an end at any moment is a
 * clean one and nothing else needs to know of signals. */
#include "agent/output/screen.h"

#include "agent/output/terminal.h"

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const char take[] = "\033[?1049h\033[?25l\033[?7l\033[2J";
static const char give_back[] = "\033[?7h\033[?25h\033[?1049l";

static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* A terminal that takes nothing is gone: there is nobody to tell. */
static void say(const char *codes, size_t len)
{
	ssize_t written = write(STDOUT_FILENO, codes, len);

	(void)written;
}

/* Dies of the same signal, as its parent expects. */
static void on_end(int number)
{
	say(give_back, sizeof(give_back) - 1);
	signal(number, SIG_DFL);
	raise(number);
}

static void on_stop(int number G_GNUC_UNUSED)
{
	say(give_back, sizeof(give_back) - 1);
	raise(SIGSTOP);
	say(take, sizeof(take) - 1);
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	sigfillset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

void screen_begin(void)
{
	sigset_t sizes;

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		handle(ends[i], on_end);
	handle(SIGTSTP, on_stop);
	/* Waited for, never handled. */
	sigemptyset(&sizes);
	sigaddset(&sizes, SIGWINCH);
	sigprocmask(SIG_BLOCK, &sizes, NULL);
	say(take, sizeof(take) - 1);
}

/* Each line is cleared to its end, so that nothing flickers. */
void screen_draw(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	unsigned height = terminal_height(stdout);
	size_t room = height == 0 ? SIZE_MAX : height;

	fputs("\033[H", stdout);
	for (size_t i = 0; lines[i] != NULL && i < room; i++)
		printf("%s%s\033[K", i == 0 ? "" : "\n", lines[i]);
	fputs("\033[J", stdout);
	fflush(stdout);
}

void screen_wait(int64_t ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	sigset_t sizes;

	sigemptyset(&sizes);
	sigaddset(&sizes, SIGWINCH);
	(void)sigtimedwait(&sizes, NULL, &time);
}
