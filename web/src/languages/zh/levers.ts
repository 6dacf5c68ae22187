export const levers: Record<string, string> = {
  "Parameters": "参数",
  "Reset": "复位",
};
