/** The order of the sheets: Mantine in its layer, tokens, Mantine's mapping, elements. Component sheets come after. */
import "./fonts.css";
import "@mantine/core/styles.layer.css";
import "./mantine-variables.css";
import "./tokens.css";
import "./mantine.css";
import "./base.css";
