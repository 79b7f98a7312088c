package io.carafe.runtime.cli.words;

import java.util.List;

/** Scripts by which a shell completes carafe's words, from the rows. */
public final class Completion {

    private Completion() {
    }

    /** @param shell bash, zsh or fish */
    public static String of(String shell) {
        return switch (shell) {
            case "bash" -> bash();
            case "zsh" -> "#compdef carafe\nautoload -U +X bashcompinit && bashcompinit\n" + bash();
            case "fish" -> fish();
            default -> throw new UsageException("completion: expected bash, zsh or fish, found \"" + shell + '"');
        };
    }

    private static String bash() {
        StringBuilder script = new StringBuilder("_carafe() {\n"
                + "    local word=${COMP_WORDS[COMP_CWORD]} verb='' first='' i words\n"
                + "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                + "        case ${COMP_WORDS[i]} in\n            " + verbs("|") + ") verb=${COMP_WORDS[i]}; break ;;\n        esac\n    done\n"
                + "    case $verb in\n");
        for (Verb verb : Verb.values()) {
            String first = String.join(" ", verb.firstWords());
            script.append("        ").append(verb.text).append(") words='").append(flags(verb.flags)).append('\'')
                    .append(first.isEmpty() ? "" : " first='" + first + "'").append(" ;;\n");
        }
        return script.append("        *) words='").append(verbs(" ")).append(' ').append(flags(Verb.GLOBAL)).append("' ;;\n    esac\n"
                + "    if [[ $verb && $word != -* ]]; then words=${first:-$(carafe list -q 2>/dev/null)}; fi\n"
                + "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\ncomplete -o default -F _carafe carafe\n").toString();
    }

    private static String fish() {
        StringBuilder script = new StringBuilder();
        for (Verb verb : Verb.values()) {
            script.append("complete -c carafe -f -n __fish_use_subcommand -a ").append(verb.text).append(" -d '").append(verb.help).append("'\n");
            for (Flag flag : verb.flags) {
                fish(script, "'__fish_seen_subcommand_from " + verb.text + "'", flag);
            }
        }
        for (Flag flag : Verb.GLOBAL) {
            fish(script, "__fish_use_subcommand", flag);
        }
        return script.toString();
    }

    private static void fish(StringBuilder script, String when, Flag flag) {
        script.append("complete -c carafe -n ").append(when).append(" -l ").append(flag.name)
                .append(flag.letter.isEmpty() ? "" : " -s " + flag.letter).append(flag.isSwitch() || flag.mayStandAlone() ? "" : " -r")
                .append(" -d '").append(flag.help.replace("'", "\\'")).append("'\n");
    }

    private static String verbs(String separator) {
        StringBuilder words = new StringBuilder();
        for (Verb verb : Verb.values()) {
            words.append(words.length() == 0 ? "" : separator).append(verb.text);
        }
        return words.toString();
    }

    private static String flags(List<Flag> flags) {
        StringBuilder words = new StringBuilder();
        for (Flag flag : flags) {
            words.append(words.length() == 0 ? "--" : " --").append(flag.name);
        }
        return words.toString();
    }
}
