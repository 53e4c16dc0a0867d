use super::*;

fn done(text: &str) -> (String, Vec<String>) {
    let mut problems = Vec::new();
    let text = plain(text, 1, &mut Problems::new("a.md", &mut problems));
    (text, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn boxes_of_every_generator_become_quotations() {
    for text in [
        ":::warning Hot\nMind it.\n:::\nAfter.\n",
        "::: warning Hot\nMind it.\n:::\nAfter.\n",
        "{{% warning title=\"Hot\" %}}\nMind it.\n{{% /warning %}}\nAfter.\n",
        "{{< callout type=\"warning\" title=\"Hot\" >}}\nMind it.\n{{< /callout >}}\nAfter.\n",
        "{% alert(type=\"warning\", title=\"Hot\") %}\nMind it.\n{% end %}\nAfter.\n",
    ] {
        assert_eq!(done(text).0, "> [!warning Hot]\n> Mind it.\n\nAfter.\n", "{text}");
    }
    assert_eq!(done("!!! danger \"Hot\"\n    Mind it.\n\nAfter.\n").0, "> [!warning Hot]\n> Mind it.\n> \nAfter.\n");
    assert_eq!(done("{: .note }\nMind it.\n").0, "\n> [!note] Mind it.\n");
}

#[test]
fn films_pictures_and_links_stay_the_rest_goes() {
    assert_eq!(done("{{< youtube abc_1 >}}\n").0, "![](<https://www.youtube.com/watch?v=abc_1>)\n");
    assert_eq!(done("{{ youtube(id=\"abc\") }}\n").0, "![](<https://www.youtube.com/watch?v=abc>)\n");
    assert_eq!(done("{{< figure src=\"/a b.png\" alt=\"A box\" >}}\n").0, "![A box](</a b.png>)\n");
    assert_eq!(
        done("{{< figure src=\"/a.png\" alt=\"A box\" caption=\"Ours\" width=\"640\" height=\"480\" >}}\n").0,
        "![A box](</a.png>){width=640 height=480} *Ours*\n"
    );
    assert_eq!(done("## Returns {: #back .x}\n").0, "## Returns {#back .x}\n");
    assert_eq!(done("See [x]({{< ref \"returns\" >}}).\n").0, "See [x](returns.md).\n");
    assert_eq!(done("[x]({{ \"/faq\" | relative_url }})\n").0, "[x](/faq)\n");
    assert_eq!(done("import X from './x'\n\n<Tabs>\nA\n</Tabs>\n").0, "\n\n\nA\n\n");
    let (text, problems) = done("a {{< strange >}} b {{product.name|it}}\n");
    assert_eq!(text, "a  b {{product.name|it}}\n");
    assert_eq!(problems, ["a.md:1: warning: shortcode `strange` is dropped: write what it shows"]);
}

#[test]
fn what_only_arranges_keeps_its_name_and_its_text() {
    assert_eq!(done("::: details More\nInside\n:::\nAfter.\n").0, "**More**\nInside\n\nAfter.\n");
    assert_eq!(done("=== \"Phone\"\n\n    Tap.\n\nAfter.\n").0, "**Phone**\n\nTap.\n\nAfter.\n");
    assert_eq!(done("{{% expand \"More\" %}}\nInside\n{{% /expand %}}\n").0, "**More**\nInside\n\n");
    assert_eq!(done("{{< tab name=\"One\" >}}one{{< /tab >}}\n").0, "**One** one\n");
    assert_eq!(done("??? question \"Why?\"\n    So.\n").0, "> [!note Why?]\n> So.\n");
    assert_eq!(done("[[toc]]\n*[FAQ]: Questions\nText\n").0, "\n\nText\n");
    // A box in tabs stays a box.
    assert_eq!(done(":::: tabs\n::: tip\nYes.\n:::\n::::\n").0, "\n> [!tip]\n> Yes.\n\n\n");
}

#[test]
fn code_of_templates_is_code() {
    assert_eq!(done("{% highlight ruby linenos %}\nputs 1\n{% endhighlight %}\n").0, "```ruby\nputs 1\n```\n");
    assert_eq!(done("{{< highlight go >}}\nx\n{{< /highlight >}}\n").0, "```go\nx\n```\n");
}

#[test]
fn code_is_left_alone() {
    let text = "```\n:::note\n{{< youtube abc >}}\nimport x from 'y'\n```\n";
    assert_eq!(done(text).0, text);
    assert_eq!(done("{{< never closed\n").0, "{{< never closed\n");
}

#[test]
fn names_of_tabs_boxes_and_places_stay() {
    assert_eq!(done("<TabItem value=\"mac\" label=\"macOS\" default>\nA\n</TabItem>\n").0, "**macOS**\nA\n\n");
    assert_eq!(done("{{% notice tip \"Mind it\" %}}\nA\n{{% /notice %}}\n").0, "> [!tip Mind it]\n> A\n\n");
    assert_eq!(done("{{< alert \"warning\" >}}\nA\n{{< /alert >}}\n").0, "> [!warning]\n> A\n\n");
    assert_eq!(done("[x]({{< relref \"../a/back.md#how\" >}})\n").0, "[x](../a/back.md#how)\n");
    assert_eq!(done("{% hint style=\"warning\" %}\nA\n{% endhint %}\n").0, "> [!warning]\n> A\n\n");
}
